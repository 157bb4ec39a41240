// Where the samples of a batch lie in a tensor inside a network. Mostly along dimension 0, but
// time- major code has them along dimension 1, and a view may have merged them with steps or heads.
#pragma once

#include <modhost/tensor.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace modhost_torchscript {

using modhost::Tensor;

// Dimension `axis` counts outer * rows * inner entries; entry (o * rows + r) * inner + i is of
// sample r. One of outer and inner may change from batch to batch (steps), the other is constant.
struct Layout {
  static constexpr int64_t kNone = -1;  // the same tensor for all samples
  int64_t axis = kNone;
  int64_t outer = 1;  // when 1, inner is what the size of the tensor says
  int64_t inner = 1;  // when outer is not 1: constant

  bool shared() const { return axis == kNone; }
  // Consecutive samples lie in consecutive rows.
  bool rows_first() const { return axis == 0 && outer == 1; }
  bool operator==(const Layout& other) const {
    return axis == other.axis && outer == other.outer && inner == other.inner;
  }
};

// The same tensor in three runs of one network: on `rows` samples, on the same with another sample
// `changed`, and on `other_rows` samples. Nothing when it is no tensor of separate samples.
struct Sighting {
  Tensor base, perturbed, resized;
};
struct Trial {
  int64_t rows = 0;
  int64_t changed = 0;
  int64_t other_rows = 0;
};
struct FoundLayout {
  Layout layout;
  bool certain = true;  // false: nothing in the tensor depends on the sample that was changed
};
std::optional<FoundLayout> find_layout(const Sighting& sighting, const Trial& trial);

// Part `part` of `parts` equal consecutive parts of the samples, of `rows` in all.
Tensor part_of(const Tensor& x, const Layout& layout, int64_t rows, int64_t parts, int64_t part);
// The inverse: one tensor of all parts. Error(shape) when there is no place for the samples.
Tensor joined(const std::vector<Tensor>& parts, const Layout& layout, int64_t rows);

// The samples along dimension 0, in order: [rows * outer * inner, ...] when they were there,
// otherwise [rows, dimensions before, outer * inner (not when it is 1), dimensions after].
Tensor rows_first(const Tensor& x, const Layout& layout, int64_t rows);
// Back again to `layout`. `each`: outer * inner of it.
Tensor rows_back(const Tensor& y, const Layout& layout, int64_t rows, int64_t each);

// The largest difference of two entries, relative to the largest entry of b where that is above 1.
// Infinite for other shapes and where only one is not a number.
double relative_difference(const Tensor& a, const Tensor& b);

}  // namespace modhost_torchscript
