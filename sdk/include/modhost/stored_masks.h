// Masks of weights from files, and the units that they need.
#pragma once

#include <string>
#include <vector>

#include "modhost/model.h"
#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {

// What a run of diffmask calls the mask that it trains on all data; it is of no task.
inline constexpr const char* kAllTasksMask = "control";

struct StoredMask {
  std::string name;     // of the task, from NAME=FILE or the file's name
  NamedTensors logits;  // [*shape], in the model's order; bits of 0 and 1 as logits far from 0

  NamedTensors bits() const;  // bool [*shape]: a weight is kept when its logit is above zero
};

// `paths`: files in any format of weights, NAME=FILE, folders of TASK.npz and TASK.safetensors as
// a run writes them to masks/, or the folder of such a run. Error(data) for parameters that the
// model does not have, or of another shape; Error(config) for a name that comes twice and a folder
// without masks. `option` is what messages call the paths.
std::vector<StoredMask> read_masks(const std::vector<std::string>& paths, const ModelBase& model,
                                   const std::string& option = "method.masks");

// Does the mask keep a weight that feeds or reads the unit? Of all units of `network`, one group
// after another. Kernels count, biases and norms do not, nor does a parameter that the mask does
// not have.
std::vector<bool> attached_units(const UnitNetwork& network, const NamedTensors& bits);

// Cluster c: the units that are attached in attached[c] and in no other; else kNoCluster.
UnitLabels units_of_one(const std::vector<std::vector<bool>>& attached);

}  // namespace v1
}  // namespace modhost
