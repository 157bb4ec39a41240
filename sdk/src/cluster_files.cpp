// Clusters of units that were found before: labels, modules, or masks of tasks.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>

#include "modhost/error.h"
#include "modhost/state_file.h"
#include "modhost/stored_masks.h"
#include "modhost/unit_clusters.h"

namespace modhost {
inline namespace v1 {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostLabel = 1'000'000;
constexpr const char* kSameUnits = "cluster the same network with the same choice of units";

struct Labels {
  std::string file, prefix;
  NamedTensors tensors;  // of that prefix
  Metadata names;        // "labels0" -> the group's name; maybe none
};

bool has_prefix(const std::string& key, const std::string& prefix) {
  return key.size() > prefix.size() && key.compare(0, prefix.size(), prefix) == 0 &&
         key.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
}

// What its arrays are called; of modules there may be the clusters that they were made of, too.
std::string prefix_of(const NamedTensors& tensors) {
  for (const char* prefix : {"labels", "modules", "clusters"}) {
    for (const auto& [name, tensor] : tensors) {
      if (has_prefix(name, prefix)) return prefix;
    }
  }
  return "";
}

// The file of labels that is meant; of a folder without one nothing.
std::optional<fs::path> label_file(const fs::path& path) {
  if (!fs::is_directory(path)) return path;
  for (const char* name :
       {"labels.safetensors", "labels.npz", "modules.safetensors", "modules.npz"}) {
    if (fs::exists(path / name)) return path / name;
  }
  return std::nullopt;
}

// Nothing when it holds no labels: masks.
std::optional<Labels> open(const fs::path& path) {
  const bool named = path.extension() == ".safetensors";
  if (!named && path.extension() != ".npz") return std::nullopt;
  Labels out{path.string(), "", {}, {}};
  Metadata names;
  const NamedTensors tensors = named ? load_safetensors(path, &names) : load_npz(path);
  out.prefix = prefix_of(tensors);
  if (out.prefix.empty()) return std::nullopt;
  for (const auto& own : tensors) {
    if (has_prefix(own.first, out.prefix)) out.tensors.push_back(own);
  }
  // Other programs note other things there.
  for (const auto& [key, name] : names) {
    if (find(out.tensors, key) != nullptr) out.names[key] = name;
  }
  return out;
}

UnitLabels values(const Labels& labels, const std::string& key, const UnitGroup& group) {
  const Tensor* tensor = find(labels.tensors, key);
  check(tensor != nullptr, ErrorCode::config,
        "'" + labels.file + "' has no '" + key + "' for layer '" + group.name + "'", kSameUnits);
  check(tensor->dim() == 1 && torch::isIntegralType(tensor->scalar_type(), false), ErrorCode::data,
        "'" + key + "' of '" + labels.file + "' is " + shape_text(*tensor) + " of " +
            torch::toString(tensor->scalar_type()) + "; clusters are one integer for each unit");
  check(tensor->size(0) == group.units, ErrorCode::config,
        "'" + key + "' of '" + labels.file + "' has " + std::to_string(tensor->size(0)) +
            " units, and layer '" + group.name + "' has " + std::to_string(group.units),
        kSameUnits);
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

UnitLabels labels_of(const Labels& labels, const std::vector<UnitGroup>& groups) {
  check(!labels.names.empty() || labels.tensors.size() == groups.size(), ErrorCode::config,
        "'" + labels.file + "' has clusters of " + std::to_string(labels.tensors.size()) +
            " layers, and the network has units in " + std::to_string(groups.size()),
        kSameUnits);
  std::vector<std::string> keys;
  if (!labels.names.empty()) keys = keys_by_name(labels, groups);
  for (size_t i = keys.size(); i < groups.size(); ++i) {
    keys.push_back(labels.prefix + std::to_string(i));
  }
  UnitLabels out;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (keys[i].empty()) {
      out.insert(out.end(), static_cast<size_t>(groups[i].units), kNoCluster);
      continue;
    }
    const UnitLabels own = values(labels, keys[i], groups[i]);
    out.insert(out.end(), own.begin(), own.end());
  }
  return out;
}

// All units of the model, with those of layers that are added up apart or together as in `network`.
UnitNetwork whole_of(const ModelBase& model, const UnitNetwork& network) {
  size_t writers = 0;
  for (const auto& own : network.writers) writers = std::max(writers, own.size());
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  choice.sums = writers > 1;
  return unit_network(model, choice);
}

UnitLabels picked(const UnitNetwork& whole, const UnitLabels& labels,
                  const std::vector<UnitGroup>& groups) {
  UnitLabels out;
  for (const UnitGroup& group : groups) {
    auto first = labels.begin();
    for (const UnitGroup& own : whole.groups) {
      if (own.name == group.name) out.insert(out.end(), first, first + own.units);
      first += own.units;
    }
  }
  return out;
}

void check_is_mask(const fs::path& path, const ModelBase& model) {
  const std::string extension = path.extension().string();
  if (extension != ".npz" && extension != ".safetensors") return;  // a message of its own
  std::set<std::string> names;
  for (const Parameter& parameter : model.parameters()) names.insert(parameter.name());
  const NamedTensors tensors = extension == ".npz" ? load_npz(path) : load_safetensors(path);
  const bool is_mask = std::any_of(tensors.begin(), tensors.end(),
                                   [&](const auto& own) { return names.count(own.first) == 1; });
  check(is_mask, ErrorCode::data,
        "'" + path.string() +
            "' holds neither clusters (labels0, labels1, ... or modules0, ...) "
            "nor a mask of the network's weights",
        tensors.empty() ? "it is empty" : "its first array is '" + tensors.front().first + "'");
}

UnitClusters of_masks(const fs::path& path, const ModelBase& model, const UnitNetwork& network) {
  if (!fs::is_directory(path)) check_is_mask(path, model);
  const UnitNetwork whole = whole_of(model, network);
  std::vector<std::vector<bool>> attached;
  UnitClusters out;
  const std::vector<StoredMask> masks = read_masks({path.string()}, model, "method.labels");
  for (const StoredMask& mask : masks) {
    if (masks.size() > 1 && mask.name == kAllTasksMask) continue;
    attached.push_back(attached_units(whole, mask.bits()));
    out.names.push_back(mask.name);
  }
  out.labels = picked(whole, units_of_one(attached), network.groups);
  const bool any = std::any_of(out.labels.begin(), out.labels.end(),
                               [](int64_t label) { return label != kNoCluster; });
  check(any, ErrorCode::config,
        "no unit is attached to the weights of just one of the masks in '" + path.string() + "' (" +
            join(out.names) + ")",
        "masks that keep fewer weights (a larger alpha) or whole units (--method.mask_unit unit) "
        "have units of their own");
  return out;
}

}  // namespace

UnitClusters read_labels(const fs::path& path, const ModelBase& model, const UnitNetwork& network) {
  check(fs::exists(path), ErrorCode::data,
        "option 'method.labels': there is no file '" + path.string() + "'",
        "name a finished run of --method spectral, or masks of --method diffmask");
  const std::optional<fs::path> file = label_file(path);
  const std::optional<Labels> labels = file ? open(*file) : std::nullopt;
  if (labels) return {labels_of(*labels, network.groups), {}};
  return of_masks(file.value_or(path), model, network);
}

}  // namespace v1
}  // namespace modhost
