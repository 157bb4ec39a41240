#include "modhost/unit_clusters.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "modhost/error.h"
#include "modhost/spectral.h"
#include "modhost/state_file.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kMostLabel = 1'000'000;

struct Labels {
  std::string file;
  NamedTensors tensors;
  Metadata names;  // "labels0" -> the group's name; maybe none
};

Labels open(std::filesystem::path path) {
  if (std::filesystem::is_directory(path)) path /= "labels.safetensors";
  Labels out{path.string(), {}, {}};
  check(std::filesystem::exists(path), ErrorCode::data,
        "option 'method.labels': there is no file '" + out.file + "'",
        "name a finished run of --method spectral");
  out.tensors =
      path.extension() == ".safetensors" ? load_safetensors(path, &out.names) : load_npz(path);
  // Other programs note other things there.
  for (auto name = out.names.begin(); name != out.names.end();) {
    name = find(out.tensors, name->first) == nullptr ? out.names.erase(name) : std::next(name);
  }
  return out;
}

UnitLabels values(const Labels& labels, const std::string& key, const UnitGroup& group) {
  const Tensor* tensor = find(labels.tensors, key);
  check(tensor != nullptr, ErrorCode::config,
        "'" + labels.file + "' has no '" + key + "' for layer '" + group.name + "'",
        "cluster the same network with the same choice of units");
  check(tensor->dim() == 1 && torch::isIntegralType(tensor->scalar_type(), false), ErrorCode::data,
        "'" + key + "' of '" + labels.file + "' is " + shape_text(*tensor) + " of " +
            torch::toString(tensor->scalar_type()) + "; clusters are one integer for each unit");
  check(tensor->size(0) == group.units, ErrorCode::config,
        "'" + key + "' of '" + labels.file + "' has " + std::to_string(tensor->size(0)) +
            " units, and layer '" + group.name + "' has " + std::to_string(group.units),
        "cluster the same network with the same choice of units");
  const Tensor numbers = tensor->to(torch::kLong).contiguous();
  UnitLabels out(numbers.data_ptr<int64_t>(), numbers.data_ptr<int64_t>() + numbers.numel());
  for (const int64_t label : out) {
    check(label >= kNoCluster && label <= kMostLabel, ErrorCode::data,
          "'" + key + "' of '" + labels.file + "' holds " + std::to_string(label) +
              "; clusters are numbers from 0, and -1 is none");
  }
  return out;
}

// Group -> key; "" for none.
std::vector<std::string> keys_by_name(const Labels& labels, const std::vector<UnitGroup>& groups) {
  std::vector<std::string> out(groups.size()), known;
  for (const UnitGroup& group : groups) known.push_back(group.name);
  for (const auto& [key, name] : labels.names) {
    const auto at = std::find(known.begin(), known.end(), name);
    check(at != known.end(), ErrorCode::config,
          "'" + labels.file + "' has clusters of layer '" + name + "'; the network has " +
              join(known),
          did_you_mean(name, known));
    out[static_cast<size_t>(at - known.begin())] = key;
  }
  return out;
}

UnitKinds kinds_named(const std::string& text) {
  if (text == "all") return UnitKinds::all;
  if (text == "convolutions") return UnitKinds::convolutions;
  return text == "named" ? UnitKinds::named : UnitKinds::automatic;
}

}  // namespace

UnitChoice UnitOptions::unit_choice() const {
  UnitChoice choice;
  choice.kinds = layers().empty() ? kinds_named(units()) : UnitKinds::named;
  choice.layers = layers();
  choice.sums = sums();
  return choice;
}

void UnitOptions::validate() const {
  check(units() != "named" || !layers().empty(), ErrorCode::config,
        "option 'method.units' is named, and 'method.layers' names none");
  check(units() == "named" || units() == "auto" || layers().empty(), ErrorCode::config,
        "option 'method.layers' names the units, so 'method.units' " + units() + " means nothing");
}

void ClusterOptions::validate() const {
  UnitOptions::validate();
  check(labels().empty() || !clusters.is_set(), ErrorCode::config,
        "options 'method.labels' and 'method.clusters' exclude each other");
}

UnitClusters chosen_clusters(const ModelBase& model, const UnitNetwork& network,
                             const ClusterOptions& options, uint64_t seed) {
  if (!options.labels().empty()) return read_labels(options.labels(), model, network);
  int64_t units = 0;
  for (const UnitGroup& group : network.groups) units += group.units;
  check(options.clusters() <= units, ErrorCode::config,
        "option 'method.clusters' is " + std::to_string(options.clusters()) +
            ", and the graph has " + std::to_string(units) + " units");
  SpectralOptions how;
  how.clusters = options.clusters();
  how.seed = seed;
  how.refine = true;
  return {spectral_clustering(unit_graph(network, {}), how).labels, {}};
}

UnitClusters read_labels(const std::filesystem::path& path, const ModelBase& /*model*/,
                         const UnitNetwork& network) {
  const std::vector<UnitGroup>& groups = network.groups;
  const Labels labels = open(path);
  check(!labels.names.empty() || labels.tensors.size() == groups.size(), ErrorCode::config,
        "'" + labels.file + "' has clusters of " + std::to_string(labels.tensors.size()) +
            " layers, and the network has units in " + std::to_string(groups.size()),
        "cluster the same network with the same choice of units");
  std::vector<std::string> keys;
  if (!labels.names.empty()) keys = keys_by_name(labels, groups);
  for (size_t i = keys.size(); i < groups.size(); ++i) keys.push_back("labels" + std::to_string(i));
  UnitLabels out;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (keys[i].empty()) {
      out.insert(out.end(), static_cast<size_t>(groups[i].units), kNoCluster);
      continue;
    }
    const UnitLabels own = values(labels, keys[i], groups[i]);
    out.insert(out.end(), own.begin(), own.end());
  }
  return {out, {}};
}

void write_labels(RunWriter& writer, const std::string& name, const std::vector<UnitGroup>& groups,
                  const UnitLabels& labels) {
  NamedTensors tensors;
  std::map<std::string, std::string> names;
  const Tensor all = torch::tensor(labels, torch::kLong);
  int64_t first = 0;
  for (const UnitGroup& group : groups) {
    const std::string key = "labels" + std::to_string(tensors.size());
    tensors.emplace_back(key, all.narrow(0, first, group.units).clone());
    names[key] = group.name;
    first += group.units;
  }
  writer.tensors(name, tensors, names);
}

}  // namespace v1
}  // namespace modhost
