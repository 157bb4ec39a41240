// Convolutions whose weights differ from one part of the batch to the next.
#include <vector>

#include "conv_max_pool.h"
#include "conv_parts.h"
#include "masked_conv.h"
#include "masked_linear.h"
#include "max_pool.h"
#include "modhost/ops.h"
#include "parts.h"
#include "path_choice.h"
#include "sampled_mask.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// [n, c, h, w] in the channels-last order from any view [n..., c, h, w] with more dimensions in
// front.
Tensor channels_last(const Tensor& x, int64_t rows) {
  const Tensor pixels = x.movedim(-3, -1);  // [n..., h, w, c]
  const auto sizes = pixels.sizes().slice(static_cast<size_t>(x.dim() - 3));
  return pixels.reshape({rows, sizes[0], sizes[1], sizes[2]}).contiguous().permute({0, 3, 1, 2});
}

// The parts side by side as channels of one convolution, which with so many groups is faster with
// planes; the result is in the order of x.
Tensor grouped(const Tensor& x, const Tensor& w, const Tensor& b, const Conv2dGeometry& geometry) {
  const int64_t parts = w.size(0), rows = x.size(0) / parts;
  const Tensor side_by_side =
      x.reshape({parts, rows, x.size(1), x.size(2), x.size(3)}).transpose(0, 1).flatten(1, 2);
  const Tensor bias = !b.defined() ? b : b.dim() == 2 ? b.flatten() : b.repeat({parts});
  Conv2dGeometry all = geometry;
  all.groups *= parts;
  const Tensor y = convolve(side_by_side.contiguous(), w.flatten(0, 1), bias, all);
  const Tensor of_parts = y.reshape({rows, parts, w.size(1), y.size(2), y.size(3)})
                              .transpose(0, 1);  // [E, b, out, h', w']
  const bool planes = x.suggest_memory_format() == torch::MemoryFormat::Contiguous;
  return planes ? of_parts.flatten(0, 1) : channels_last(of_parts, x.size(0));
}

// Multiplications of convolve(x, w, ...).
int64_t products(const Tensor& x, const Tensor& w, const Conv2dGeometry& geometry) {
  const Sides size = convolved_sides(x, {w.size(2), w.size(3)}, geometry);
  return x.size(0) * w.numel() * size.height * size.width;
}

// w: [out, ...] or [E, out, ...]; b: undefined, [out] or [E, out].
Tensor convolve_parts(const Tensor& x, const Tensor& w, const Tensor& b,
                      const Conv2dGeometry& geometry) {
  if (w.dim() == 5) {
    part_rows(x, w.size(0));
    if (w.size(0) == 1) {
      return convolve(x, w[0], b.defined() && b.dim() == 2 ? b[0] : b, geometry);
    }
    return grouped_convolution_pays(products(x, w[0], geometry) / w.size(0))
               ? grouped(x, w, b, geometry)
               : convolve_each_part(x, w, b, geometry);
  }
  if (!b.defined() || b.dim() == 1) return convolve(x, w, b, geometry);
  const int64_t rows = part_rows(x, b.size(0));
  const Tensor y = convolve(x, w, {}, geometry);
  return (y.view({b.size(0), rows, y.size(1), y.size(2), y.size(3)}) +
          b.view({b.size(0), 1, y.size(1), 1, 1}))
      .view(y.sizes());
}

// Whether the masked weights are drawn when their part's turn comes. One convolution with all of
// them is only faster where they are small. `pooled`: what comes out is pooled.
bool few_weights_at_a_time(const Tensor& x, const Tensor& weight, const detail::SampledMask& mask,
                           const Conv2dGeometry& geometry, bool pooled) {
  if (!detail::can_fuse(x, weight, mask.logits(), mask.sampling())) return false;
  part_rows(x, mask.size());
  if (mask.size() * weight.numel() > x.numel()) return true;
  const int64_t of_part = products(x, weight, geometry) / mask.size();
  if (!pooled) return !grouped_convolution_pays(of_part);
  const int64_t products_of_entry = weight.numel() / weight.size(0);
  return pooling_parts_pays(of_part, of_part / products_of_entry);
}

// `as_2d` gives tensors that end in the shape of the weight the shape [..., out, in, kh, kw].
template <typename F>
Tensor convolve_view(const Tensor& x, const WeightView& weight, const WeightView& bias,
                     const Conv2dGeometry& geometry, const F& as_2d) {
  const Tensor b = tensor_or_undefined(bias);
  if (const detail::SampledMask* mask = detail::as_sampled_mask(weight)) {
    const Tensor w = as_2d(weight.weight());
    if (few_weights_at_a_time(x, w, *mask, geometry, false)) {
      return detail::masked_conv2d(x, w, as_2d(mask->logits()), mask->sampling(), b, geometry);
    }
  }
  return convolve_parts(x, as_2d(weight.tensor()), b, geometry);
}

}  // namespace

Tensor conv2d_max_pool(const Tensor& x, const WeightView& weight, const WeightView& bias,
                       const Conv2dGeometry& geometry, const Pool2dGeometry& pooling) {
  const detail::SampledMask* mask = detail::as_sampled_mask(weight);
  if (mask == nullptr) return {};
  const Tensor& w = weight.weight();
  if (!few_weights_at_a_time(x, w, *mask, geometry, true)) return {};
  const Sides size = convolved_sides(x, {w.size(2), w.size(3)}, geometry);
  if (!detail::can_max_pool(size, pooling)) return {};
  return detail::masked_conv2d(x, w, mask->logits(), mask->sampling(), tensor_or_undefined(bias),
                               geometry, pooling);
}

Tensor conv2d(const Tensor& x, const WeightView& weight, const WeightView& bias,
              const Conv2dGeometry& geometry) {
  return convolve_view(x, weight, bias, geometry, [](const Tensor& tensor) { return tensor; });
}

Tensor conv1d(const Tensor& x, const WeightView& weight, const WeightView& bias,
              const Conv1dGeometry& geometry) {
  const Conv2dGeometry flat{
      {1, geometry.stride}, {0, geometry.padding}, {1, geometry.dilation}, geometry.groups};
  const auto as_2d = [](const Tensor& kernel) { return kernel.unsqueeze(-2); };
  return convolve_view(x.unsqueeze(2), weight, bias, flat, as_2d).squeeze(2);
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
