#include "inverse_masks.h"

#include "mask_evaluation.h"

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

NamedTensors inverse_of(const NamedTensors& bits, const NamedTensors* control,
                        const InverseRule& rule) {
  NamedTensors out;
  for (const auto& [name, tensor] : bits) {
    Tensor inverse = 1 - tensor;
    if (matches(rule.keeps, name)) {
      inverse = tensor;
      if (rule.as == "whole") inverse = torch::ones_like(tensor);
      if (rule.as == "control" && control != nullptr) inverse = *find(*control, name);
    }
    out.emplace_back(name, inverse);
  }
  return out;
}

}  // namespace modhost_diffmask
