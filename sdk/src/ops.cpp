#include "modhost/ops.h"

#include <vector>

#include "linear_parts.h"
#include "masked_linear.h"
#include "parts.h"
#include "path_choice.h"
#include "sampled_mask.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

Tensor plain_or_undefined(const WeightView& view) {
  return view.defined() ? view.weight() : Tensor();
}

// bias [out] or [E, out] added to y [E*b, ..., out].
Tensor add_bias(const Tensor& y, const WeightView& bias) {
  if (!bias.defined()) return y;
  const Tensor value = bias.tensor();
  if (bias.plain()) return y + value;
  const int64_t rows = part_rows(y, value.size(0));
  const int64_t out = value.size(1);
  const int64_t inner = y.numel() / (value.size(0) * rows * out);
  return (y.reshape({value.size(0), rows * inner, out}) + value.unsqueeze(1)).view(y.sizes());
}

bool blocked_product_pays(const Tensor& x, const Tensor& weight, const detail::SampledMask& mask) {
  const int64_t in = weight.size(1), out = weight.size(0);
  return detail::can_fuse(x, weight, mask.logits(), mask.sampling()) &&
         !whole_masked_weights_pay(x.numel() / (in * mask.size()), in, out);
}

}  // namespace

Tensor linear(const Tensor& x, const WeightView& weight, const WeightView& bias) {
  if (all_plain(weight, bias)) {
    return torch::linear(x, weight.weight(), plain_or_undefined(bias));
  }
  if (weight.plain()) return add_bias(torch::linear(x, weight.weight()), bias);

  std::vector<int64_t> out_shape(x.sizes().begin(), x.sizes().end());
  out_shape.back() = weight.weight().size(0);
  const detail::SampledMask* mask = detail::as_sampled_mask(weight);
  if (mask != nullptr && blocked_product_pays(x, weight.weight(), *mask)) {
    part_rows(x, mask->size());
    const Tensor rows = x.reshape({-1, x.size(-1)});
    const Tensor y = detail::masked_linear(rows, weight.weight(), mask->logits(), mask->sampling());
    return add_bias(y.view(out_shape), bias);
  }
  const Tensor w = weight.tensor();  // [E, out, in]
  const Tensor b = bias.plain() ? Tensor() : bias.tensor();
  const int64_t parts = w.size(0);
  part_rows(x, parts);
  Tensor y;
  if (detail::fits_linear_parts(x, w, b)) {
    // A view of the same shape would be one more node in the graph of every step.
    y = detail::linear_parts(x.dim() == 2 ? x : x.reshape({-1, x.size(-1)}), w, b);
  } else {
    const Tensor rows = x.reshape({parts, -1, x.size(-1)});  // [E, b*..., in]
    y = b.defined() ? torch::baddbmm(b.unsqueeze(1), rows, w.transpose(1, 2))
                    : torch::bmm(rows, w.transpose(1, 2));
  }
  if (y.sizes() != out_shape) y = y.view(out_shape);
  return bias.plain() ? add_bias(y, bias) : y;
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
