// The operations of a network that the SDK can run for all parts of a batch at once.
#pragma once

#include <ATen/core/ivalue.h>
#include <modhost/layer.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weights.h"

namespace modhost_torchscript {

// The inputs that are of the batch, with the samples along dimension 0; the outputs likewise.
using Tensors = std::vector<Tensor>;
using Kernel = std::function<Tensors(const Tensors& batch)>;

// What an operation of a graph is given.
struct Argument {
  enum class Kind { constant, parameter, transposed_parameter, batch, batch_list, other };
  Kind kind = Kind::other;
  c10::IValue constant{};
  size_t parameter = 0;          // position in Weights
  std::vector<size_t> inputs{};  // of the batch: positions among the inputs of the site
};

struct Call {
  std::string operation;  // "linear"
  std::vector<Argument> arguments;
  std::vector<size_t> parameters;  // all that it depends on, also those that are no arguments
  size_t inputs = 0;               // of the site
  int64_t rank = 0;                // of the first of them, once it was seen
};

// Where the samples may lie in the inputs and outputs.
enum class Places {
  first,     // along dimension 0, alone or merged with others
  leading,   // anywhere but along the last dimension; the outputs have them where the input has
  separate,  // along any dimension, but not merged with others
};
struct KernelChoice {
  Kernel kernel;
  std::vector<size_t> inputs;  // of the site, in the order of the kernel
  Places places = Places::first;
};

struct KernelContext {
  Weights* weights;
  std::function<std::shared_ptr<modhost::Layer>(size_t parameter)> layer_of;
  std::function<bool()> runs_once;  // in a forward pass
};

// Nothing when the operation, or this use of it, is none that the SDK has.
std::optional<KernelChoice> choose_kernel(const Call& call, const KernelContext& context);

}  // namespace modhost_torchscript
