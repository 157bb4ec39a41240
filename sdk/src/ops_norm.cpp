// Normalisations of single rows, with scales and shifts that may differ from part to part.
#include "modhost/ops.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

// (x - mean) / (std + eps) with the unbiased standard deviation.
Tensor by_unbiased_std(const Tensor& x, double eps) {
  const Tensor centered = x - x.mean(-1, true);
  const double freedom = static_cast<double>(x.size(-1) - 1);
  return centered / ((centered * centered).sum(-1, true).div(freedom).sqrt() + eps);
}

}  // namespace

Tensor layer_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, double eps,
                  LayerNormVariant variant) {
  const int64_t features = x.size(-1);
  const bool standard = variant == LayerNormVariant::standard;
  if (standard && all_plain(scale, shift)) {
    return torch::layer_norm(x, {features}, tensor_or_undefined(scale), tensor_or_undefined(shift),
                             eps);
  }
  const Tensor normal =
      standard ? torch::layer_norm(x, {features}, {}, {}, eps) : by_unbiased_std(x, eps);
  const Tensor a = scale.tensor();  // [features] or [E, features]
  const Tensor b = shift.tensor();
  if (all_plain(scale, shift)) return torch::addcmul(b, normal, a);
  const int64_t parts = scale.plain() ? b.size(0) : a.size(0);
  const int64_t inner = c10::multiply_integers(x.sizes().slice(1, x.dim() - 2));
  const Tensor rows = normal.reshape({parts, part_rows(x, parts) * inner, features});
  const auto spread = [](const Tensor& value) {
    return value.dim() == 2 ? value.unsqueeze(1) : value;
  };
  return torch::addcmul(spread(b), rows, spread(a)).view(x.sizes());
}

Tensor group_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, int64_t groups,
                  double eps) {
  if (all_plain(scale, shift)) {
    return torch::group_norm(x, groups, tensor_or_undefined(scale), tensor_or_undefined(shift),
                             eps);
  }
  return channel_affine(torch::group_norm(x, groups, {}, {}, eps), scale.tensor(), shift.tensor());
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
