// Numbers that describe binary masks. A mask is a list of tensors of 0 and 1, one per parameter.
#pragma once

#include <modhost/tensor.h>

#include <cstdint>

namespace modhost_diffmask {

using modhost::NamedTensors;
using modhost::Tensor;

int64_t ones(const NamedTensors& mask);
int64_t size(const NamedTensors& mask);

// Share of weights that the mask removes, over all tensors together: 0 keeps all, 1 removes all.
double sparsity(const NamedTensors& mask);

// The same in expectation over sampled masks: 1 - mean of sigmoid(logit).
double expected_sparsity(const NamedTensors& logits);

// How far the kept entries of one tensor lie from their mean position: with index vectors v
// (counted from 0) and mean position m, mean |v - m|^2 / (|m|^2 + 1e-12); 0 for an empty mask.
// Depends on the order of units and on the origin of the indices, as the measure of the
// abstract-reasoning mask study does ("localisation" in its code).
double dispersity(const Tensor& bits);
// Mean over all tensors.
double dispersity(const NamedTensors& mask);

// Entries kept by both.
NamedTensors intersection(const NamedTensors& a, const NamedTensors& b);
// Entries of a that b does not keep.
NamedTensors without(const NamedTensors& a, const NamedTensors& b);

// |a and b| / min(|a|, |b|): 1 when the smaller mask lies within the larger one; 0 when one is
// empty.
double sharing(const NamedTensors& a, const NamedTensors& b);

// The sharing that two random masks of the same size show on average. `per_tensor`: random within
// each tensor with that tensor's own numbers of kept weights, else with the overall density.
double random_sharing(const NamedTensors& a, const NamedTensors& b, bool per_tensor);

}  // namespace modhost_diffmask
