#include "linear_parts_blas.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

// The rows of each part, [E, n, columns].
Tensor by_part(const Tensor& rows, const Tensor& weight) {
  return rows.view({weight.size(0), rows.size(0) / weight.size(0), rows.size(1)});
}

}  // namespace

Tensor linear_parts_by_blas(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const Tensor y = torch::empty({x.size(0), weight.size(1)}, x.options());
  const Tensor inputs = by_part(x, weight), outputs = by_part(y, weight);
  for (int64_t part = 0; part < weight.size(0); ++part) {
    Tensor to = outputs[part];
    if (bias.numel() == 0) {
      at::mm_out(to, inputs[part], weight[part].t());
    } else {
      at::addmm_out(to, bias[part], inputs[part], weight[part].t());
    }
  }
  return y;
}

void linear_parts_backward_by_blas(const Tensor& x, const Tensor& weight, const Tensor& gy,
                                   const LinearPartsGradients& to) {
  const Tensor inputs = by_part(x, weight), gradients = by_part(gy, weight);
  const Tensor gx = to.x.defined() ? by_part(to.x, weight) : Tensor();
  for (int64_t part = 0; part < weight.size(0); ++part) {
    const Tensor g = gradients[part];
    if (gx.defined()) {
      Tensor here = gx[part];
      at::mm_out(here, g, weight[part]);
    }
    if (to.weight.defined()) {
      Tensor here = to.weight[part];
      at::mm_out(here, g.t(), inputs[part]);
    }
    if (to.bias.defined()) {
      Tensor here = to.bias[part];
      at::sum_out(here, g, 0);
    }
  }
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
