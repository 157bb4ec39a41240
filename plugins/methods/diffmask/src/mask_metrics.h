// Numbers that describe binary masks. A mask is a list of tensors of 0 and 1, one per parameter.
#pragma once

#include <modhost/statistics.h>
#include <modhost/tensor.h>

#include <cstdint>
#include <vector>

namespace modhost_diffmask {

using modhost::NamedTensors;
using modhost::Tensor;

int64_t ones(const NamedTensors& mask);
int64_t size(const NamedTensors& mask);

// Share of weights that the mask removes, over all tensors together: 0 keeps all, 1 removes all.
double sparsity(const NamedTensors& mask);

// The same in expectation over sampled masks: 1 - mean of the probabilities to be kept.
double expected_sparsity(const NamedTensors& kept);

// How far the kept entries of one tensor lie from their mean position: with index vectors v
// (counted from 0) and mean position m, mean |v - m|^2 / (|m|^2 + 1e-12); 0 for an empty mask.
// Depends on the order of units and on the origin of the indices, as the measure of the
// abstract-reasoning mask study does ("localisation" in its code).
double dispersity(const Tensor& bits);
// Mean over all tensors.
double dispersity(const NamedTensors& mask);

// What dispersity is after, whatever the order of units: how evenly the kept entries of one tensor
// lie on its output units (dimension 0). The entropy of their shares over that of equal shares
// (Pielou 1966): 1 when each unit has as many, 0 when one unit has all, or nothing is kept.
double evenness(const Tensor& bits);
// Mean over the tensors, each weighted by what it keeps; 0 for an empty mask.
double evenness(const NamedTensors& mask);

// Entries kept by both.
NamedTensors intersection(const NamedTensors& a, const NamedTensors& b);
// Entries that at least one keeps.
NamedTensors joined(const NamedTensors& a, const NamedTensors& b);
// Entries of a that b does not keep.
NamedTensors without(const NamedTensors& a, const NamedTensors& b);

// How many entries two masks keep, alone and in common.
struct Overlap {
  int64_t a = 0, b = 0, both = 0;

  // |A and B| / |A or B|; 0 when both are empty.
  double iou() const;
  // |A and B| / min(|A|, |B|), the sharing of the mask studies: 1 when the smaller lies within the
  // larger; 0 when one is empty. Never less than iou().
  double io_min() const;
  // |A and B| / |A|; 0 when A is empty.
  double share_of_a() const;
};
Overlap overlap(const Tensor& a, const Tensor& b);
Overlap overlap(const NamedTensors& a, const NamedTensors& b);

// Two random masks with as many entries: `per_tensor` in each tensor, else over all together.
modhost::RandomOverlap random_overlap(const NamedTensors& a, const NamedTensors& b,
                                      bool per_tensor);

// How many weights are kept with a probability in each of `bins` equal parts of 0 .. 1.
std::vector<int64_t> histogram(const NamedTensors& kept, int64_t bins);

}  // namespace modhost_diffmask
