// The clusters of units that a method works on: found before, by any method, or by the weights now.
//
//   struct MyOptions : ClusterOptions { ... };
//   const UnitNetwork network = unit_network(model, options().unit_choice());
//   const UnitClusters clusters = chosen_clusters(model, network, options(), seed);
//   write_labels(experiment.writer(), "labels", network.groups, clusters.labels);
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "modhost/option.h"
#include "modhost/unit_network.h"
#include "modhost/writer.h"

namespace modhost {
inline namespace v1 {

// Which units of the network are looked at.
struct UnitOptions : Options {
  Option<std::string> units{
      *this, "units", "auto",
      "auto: the channels of the convolutions where one reads another, else all; all; "
      "convolutions; named: those of 'layers'",
      Choices{{"auto", "all", "convolutions", "named"}}};
  Option<std::vector<std::string>> layers{
      *this, "layers", {}, "layers whose units are clustered, as globs; the input is 'input'"};
  Option<bool> sums{*this, "sums", true,
                    "one group of units for layers whose outputs are added up"};

  UnitChoice unit_choice() const;
  // All groups of the model's units, sums as the options say.
  UnitNetwork all_units(const ModelBase& model) const;
  void validate() const override;
};

// And their clusters.
struct ClusterOptions : UnitOptions {
  Option<std::string> labels{
      *this, "labels", "",
      "clusters that were found before: the folder of a run, or its file of labels or masks "
      "(.safetensors or .npz); of masks a cluster is the units that one mask alone needs; empty: "
      "clusters the units by their weights"};
  Option<int64_t> clusters{*this,      "clusters",
                           4,          "without 'labels': number of clusters",
                           AtLeast{2}, Paper{"Hod et al. 2021: 16"}};

  void validate() const override;
};

struct UnitClusters {
  UnitLabels labels;               // of the units of all groups, one group after another
  std::vector<std::string> names;  // of the clusters (tasks of masks); none: they have numbers
};

// Error(config) when method.clusters are more than the units of these groups.
void check_clusters(int64_t clusters, const std::vector<UnitGroup>& groups);

// As the options say. Error(config) for more clusters than units, and as read_labels.
UnitClusters chosen_clusters(const ModelBase& model, const UnitNetwork& network,
                             const ClusterOptions& options, uint64_t seed);

// The cluster of each unit of `network`, which is of `model`, from what an earlier run found:
// - labels.safetensors or .npz as write_labels writes them: labels0, labels1, ..., one for each
//   group, integers from -1 (no cluster); or modules0, modules1, ..., else clusters0, ...
//   safetensors names the groups: those that it lacks have no clusters. Without names they are in
//   order, and none is missing.
// - masks of tasks (read_masks): cluster c is the units that mask c alone needs (units_of_one). The
//   mask of all tasks is left out, unless it is the only one.
// - the folder that holds one of these: a run. Labels come first, then modules, then masks.
// Error(data) when the file is another, Error(config) when it does not fit the network, and when no
// unit belongs to one mask alone.
UnitClusters read_labels(const std::filesystem::path& path, const ModelBase& model,
                         const UnitNetwork& network);

// NAME.npz and .safetensors: the clusters of each group of units, labels0, labels1, ...; kNoCluster
// where there is none.
void write_labels(RunWriter& writer, const std::string& name, const std::vector<UnitGroup>& groups,
                  const UnitLabels& labels);

}  // namespace v1
}  // namespace modhost
