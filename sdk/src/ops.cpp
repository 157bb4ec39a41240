#include "modhost/ops.h"

#include <vector>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// Rows of one part. `variants` is the tensor with the leading ensemble dimension.
int64_t part_rows(const Tensor& x, const Tensor& variants) {
  const int64_t parts = variants.size(0);
  check(parts > 0 && x.size(0) % parts == 0, ErrorCode::shape,
        "a batch of " + std::to_string(x.size(0)) + " rows does not divide into " +
            std::to_string(parts) + " equal parts");
  return x.size(0) / parts;
}

Tensor plain_or_undefined(const WeightView& view) {
  return view.defined() ? view.weight() : Tensor();
}

bool all_plain(const WeightView& weight, const WeightView& bias) {
  return weight.plain() && bias.plain();
}

// bias [out] or [E, out] added to y [E*b, ..., out].
Tensor add_bias(const Tensor& y, const WeightView& bias) {
  if (!bias.defined()) return y;
  const Tensor value = bias.tensor();
  if (bias.plain()) return y + value;
  const int64_t rows = part_rows(y, value);
  const int64_t out = value.size(1);
  const int64_t inner = y.numel() / (value.size(0) * rows * out);
  return (y.reshape({value.size(0), rows * inner, out}) + value.unsqueeze(1)).view(y.sizes());
}

}  // namespace

Tensor linear(const Tensor& x, const WeightView& weight, const WeightView& bias) {
  if (all_plain(weight, bias)) {
    return torch::linear(x, weight.weight(), plain_or_undefined(bias));
  }
  if (weight.plain()) return add_bias(torch::linear(x, weight.weight()), bias);

  const Tensor w = weight.tensor();  // [E, out, in]
  const int64_t parts = w.size(0);
  part_rows(x, w);
  std::vector<int64_t> out_shape(x.sizes().begin(), x.sizes().end());
  out_shape.back() = w.size(1);
  const Tensor rows = x.reshape({parts, -1, x.size(-1)});  // [E, b*..., in]
  if (bias.defined() && !bias.plain()) {
    const Tensor b = bias.tensor().unsqueeze(1);  // [E, 1, out]
    return torch::baddbmm(b, rows, w.transpose(1, 2)).view(out_shape);
  }
  return add_bias(torch::bmm(rows, w.transpose(1, 2)).view(out_shape), bias);
}

Tensor conv2d(const Tensor& x, const WeightView& weight, const WeightView& bias,
              const Conv2dGeometry& geometry) {
  const auto convolve = [&](const Tensor& input, const Tensor& w, const Tensor& b) {
    return torch::conv2d(input, w, b, geometry.stride, geometry.padding, geometry.dilation,
                         geometry.groups);
  };
  if (all_plain(weight, bias)) {
    return convolve(x, weight.weight(), plain_or_undefined(bias));
  }
  // A loop over the parts: on CPUs it was never slower than one grouped convolution (0.88 against
  // 1.04 of the plain step for 64 -> 128 channels at 32x32).
  const Tensor w = weight.plain() ? Tensor() : weight.tensor();
  const Tensor b = !bias.defined() || bias.plain() ? Tensor() : bias.tensor();
  const Tensor& variants = w.defined() ? w : b;
  const int64_t rows = part_rows(x, variants);
  // split and unbind collect the gradients of all parts at once; narrow would fill and add a whole
  // batch for each part.
  const std::vector<Tensor> inputs = x.split(rows, 0);
  const std::vector<Tensor> weights = w.defined() ? w.unbind(0) : std::vector<Tensor>();
  const std::vector<Tensor> biases = b.defined() ? b.unbind(0) : std::vector<Tensor>();
  std::vector<Tensor> parts;
  for (size_t part = 0; part < inputs.size(); ++part) {
    parts.push_back(convolve(inputs[part], w.defined() ? weights[part] : weight.weight(),
                             b.defined() ? biases[part] : plain_or_undefined(bias)));
  }
  return parts.size() == 1 ? parts[0] : torch::cat(parts, 0);
}

Tensor layer_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, double eps) {
  const int64_t features = x.size(-1);
  if (all_plain(scale, shift)) {
    return torch::layer_norm(x, {features}, plain_or_undefined(scale), plain_or_undefined(shift),
                             eps);
  }
  const Tensor normal = torch::layer_norm(x, {features}, {}, {}, eps);
  const Tensor a = scale.tensor();  // [features] or [E, features]
  const Tensor b = shift.tensor();
  const int64_t parts = scale.plain() ? b.size(0) : a.size(0);
  part_rows(x, scale.plain() ? b : a);
  const Tensor split = normal.reshape({parts, -1, features});
  const auto spread = [&](const Tensor& value) {
    return value.dim() == 2 ? value.unsqueeze(1) : value;
  };
  return torch::addcmul(spread(b), split, spread(a)).view(x.sizes());
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
