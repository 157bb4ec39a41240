#include "modhost/unit_clusters.h"

#include <map>

#include "modhost/error.h"
#include "modhost/spectral.h"

namespace modhost {
inline namespace v1 {
namespace {

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

UnitNetwork UnitOptions::all_units(const ModelBase& model) const {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  choice.sums = sums();
  return unit_network(model, choice);
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

void check_clusters(int64_t clusters, const std::vector<UnitGroup>& groups) {
  int64_t units = 0;
  for (const UnitGroup& group : groups) units += group.units;
  check(clusters <= units, ErrorCode::config,
        "option 'method.clusters' is " + std::to_string(clusters) + ", and the graph has " +
            std::to_string(units) + " units");
}

UnitClusters chosen_clusters(const ModelBase& model, const UnitNetwork& network,
                             const ClusterOptions& options, uint64_t seed) {
  if (!options.labels().empty()) return read_labels(options.labels(), model, network);
  check_clusters(options.clusters(), network.groups);
  SpectralOptions how;
  how.clusters = options.clusters();
  how.seed = seed;
  how.refine = true;
  return {spectral_clustering(unit_graph(network, {}), how).labels, {}};
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
