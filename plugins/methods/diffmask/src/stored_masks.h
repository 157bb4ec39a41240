// Masks from files, to be evaluated in place of trained ones.
#pragma once

#include <modhost/model.h>

#include <string>
#include <utility>
#include <vector>

namespace modhost_diffmask {

struct StoredMask {
  std::string name;              // of the task, from NAME=FILE or the file's name
  modhost::NamedTensors logits;  // [*shape]; bits of 0 and 1 as logits far from 0
};

// `paths`: files in any format of weights, NAME=FILE, or folders of TASK.npz and TASK.safetensors
// as a run writes them to masks/. Error(data) for parameters that the model does not have, or of
// another shape; Error(config) for a name that comes twice and a folder without masks.
std::vector<StoredMask> read_masks(const std::vector<std::string>& paths,
                                   const modhost::ModelBase& model);

}  // namespace modhost_diffmask
