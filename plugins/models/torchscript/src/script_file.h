// A network as Python's torch.jit.save left it in a file.
#pragma once

#include <modhost/tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <filesystem>
#include <string>
#include <vector>

namespace modhost_torchscript {

using modhost::Tensor;

// A tensor that belongs to a module of the network.
struct OwnedTensor {
  std::string owner;  // path of the module, "" for the network itself: "encoder.layers.0"
  std::string name;   // within its owner: "weight"
  Tensor tensor;
  bool trained = false;  // a parameter, not a buffer
  int64_t same_as = -1;  // position of an earlier one that is the very same tensor (tied weights)
};

std::string full_name(const OwnedTensor& owned);

struct ScriptFile {
  torch::jit::Module module;
  std::vector<OwnedTensor> tensors;  // parameters and buffers, module by module

  torch::jit::Module module_at(const std::string& path) const;
};

// Looks at the content as data. Error(data) for a file that is damaged, claims more than there is,
// or holds no program.
void check_script(const std::filesystem::path& path);

// Loads on the CPU what check_script() let pass. Error(data) names the file and says what
// it is instead: a state dict, an exported program, a frozen network, ...
ScriptFile load_script(const std::filesystem::path& path);

// What went wrong inside LibTorch, in one line without its trace.
std::string short_reason(const std::exception& error);

}  // namespace modhost_torchscript
