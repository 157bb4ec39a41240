// What the normalisations of single rows share: scales and shifts that may differ from part to
// part.
#pragma once

#include <vector>

#include "pixel_kernels.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// Are there kernels for such tensors? They take no empty ones.
inline bool has_kernels(const Tensor& x) {
  return x.is_cpu() && x.numel() > 0 &&
         (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kDouble);
}

// [c] or [E, c] as [1, c] or [E, c], contiguous.
inline Tensor with_part_axis(const Tensor& value) {
  return (value.dim() == 1 ? value.unsqueeze(0) : value).contiguous();
}

// The row of a part in [1, c] or [parts, c].
template <typename T>
const T* of_part(const Tensor& value, int64_t part) {
  return value.data_ptr<T>() + (value.size(0) > 1 ? part * value.size(1) : 0);
}

// Sums of each part over the blocks, [blocks, 2, c] in the order of the blocks, as the gradients of
// scale and shift: [1, c] where all parts share one.
struct ScaleGradients {
  Tensor scale, shift;
};
inline ScaleGradients sum_blocks(const std::vector<RowBlock>& blocks,
                                 const std::vector<double>& partial, const Tensor& scale,
                                 int64_t shift_parts) {
  const int64_t channels = scale.size(1);
  const auto zeros = [&](int64_t parts) { return torch::zeros({parts, channels}, torch::kDouble); };
  const Tensor dscale = zeros(scale.size(0)), dshift = zeros(shift_parts);
  const double* from = partial.data();
  for (const RowBlock& block : blocks) {
    for (const Tensor& to : {dscale, dshift}) {
      double* sums = to.data_ptr<double>() + (to.size(0) > 1 ? block.part * channels : 0);
      for (int64_t c = 0; c < channels; ++c) sums[c] += *from++;
    }
  }
  return {dscale.to(scale.scalar_type()), dshift.to(scale.scalar_type())};
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
