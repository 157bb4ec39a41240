// Networks some of whose units put out nothing.
#pragma once

#include <modhost/model.h>
#include <modhost/sub_clusters.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace modhost_lesion {

using UnitSet = modhost::UnitSet;

// Units of each group of a network that are silenced together.
using UnitSets = std::map<int64_t, UnitSet>;

// One variant of the model for each of `lesions`: everything that feeds those units of groups of
// `network` (all groups of the model) is 0, weights and biases, of each layer that writes them;
// and scale and shift of a batch normalisation that belongs to the units alone, which would put out
// something for a unit that puts out 0. A unit is then 0 wherever its activation keeps 0 (ReLU,
// tanh, GELU, the gates of an LSTM); a sigmoid leaves 0.5.
modhost::Variations silenced(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
                             const std::vector<UnitSets>& lesions);

// A layer that feeds lesioned units.
struct SilentUnits {
  const modhost::Layer* layer;
  std::string group;       // of the layer
  modhost::Tensor silent;  // [E, units of that group] bool, where it feeds lesioned ones
};
// All of `groups`, as silenced() takes them.
std::vector<SilentUnits> silent_units(const modhost::ModelBase& model,
                                      const modhost::UnitNetwork& network,
                                      const std::set<int64_t>& groups,
                                      const std::vector<UnitSets>& lesions);
std::set<int64_t> groups_of(const std::vector<UnitSets>& lesions);

// Of one variant, in bytes: the parameters that silencing any of them makes variants of.
int64_t silenced_bytes(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
                       const std::vector<UnitSets>& lesions);

}  // namespace modhost_lesion
