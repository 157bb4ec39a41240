// y = x * scale + shift per channel, with its gradients in two passes over the data.
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "batch_norm_pixels.h"
#include "channel_kernels.h"
#include "modhost/error.h"
#include "modhost/ops.h"
#include "pixel_kernels.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <typename T>
void affine_channel(const ChannelLayout& layout, int64_t part, int64_t channel, const T* x, T scale,
                    T shift, T* y) {
  for (int64_t row = 0; row < layout.rows; ++row) {
    const T* from = x + layout.offset(part, row, channel);
    T* to = y + layout.offset(part, row, channel);
    for (int64_t i = 0; i < layout.inner; ++i) to[i] = from[i] * scale + shift;
  }
}

template <typename T>
void affine_channel_backward(const ChannelLayout& layout, int64_t part, int64_t channel, const T* x,
                             const T* g, T scale, T* dx, T* dscale, T* dshift) {
  double sum_gx = 0;
  double sum_g = 0;
  for (int64_t row = 0; row < layout.rows; ++row) {
    const int64_t at = layout.offset(part, row, channel);
    const T* from = x + at;
    const T* gradient = g + at;
    T* to = dx + at;
    for (int64_t i = 0; i < layout.inner; ++i) to[i] = gradient[i] * scale;
    if (dscale == nullptr) continue;
    sum_gx += static_cast<double>(
        lane_sum<T>(layout.inner, [&](int64_t i) { return from[i] * gradient[i]; }));
    sum_g += static_cast<double>(lane_sum<T>(layout.inner, [&](int64_t i) { return gradient[i]; }));
  }
  if (dscale == nullptr) return;
  *dscale = static_cast<T>(sum_gx);
  *dshift = static_cast<T>(sum_g);
}

template <typename T>
T* data_or_null(const Tensor& tensor) {
  return tensor.defined() ? tensor.data_ptr<T>() : nullptr;
}

class ChannelAffine : public torch::autograd::Function<ChannelAffine> {
 public:
  // x contiguous on the CPU; scale, shift: [parts, channels] contiguous.
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& scale,
                        const Tensor& shift) {
    const ChannelLayout layout = ChannelLayout::of(x, scale.size(0));
    const Tensor y = torch::empty_like(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "channel_affine", [&] {
      if (channels_innermost(x)) {
        affine_pixels(layout, x.data_ptr<scalar_t>(), scale.data_ptr<scalar_t>(),
                      shift.data_ptr<scalar_t>(), y.data_ptr<scalar_t>());
        return;
      }
      for_each_channel(layout, [&](int64_t part, int64_t channel) {
        const int64_t at = part * layout.channels + channel;
        affine_channel(layout, part, channel, x.data_ptr<scalar_t>(),
                       scale.data_ptr<scalar_t>()[at], shift.data_ptr<scalar_t>()[at],
                       y.data_ptr<scalar_t>());
      });
    });
    context->save_for_backward({x, scale});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &scale = saved[1];
    const ChannelLayout layout = ChannelLayout::of(x, scale.size(0));
    const Tensor g = in_order_of(x, gradients[0]);
    const Tensor dx = torch::empty_like(x);
    const bool scaled = context->needs_input_grad(1) || context->needs_input_grad(2);
    const Tensor dscale = scaled ? torch::empty_like(scale) : Tensor();
    const Tensor dshift = scaled ? torch::empty_like(scale) : Tensor();
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "channel_affine_backward", [&] {
      if (channels_innermost(x)) {
        affine_pixels_backward(layout, x.data_ptr<scalar_t>(), g.data_ptr<scalar_t>(),
                               scale.data_ptr<scalar_t>(), dx.data_ptr<scalar_t>(),
                               data_or_null<scalar_t>(dscale), data_or_null<scalar_t>(dshift));
        return;
      }
      for_each_channel(layout, [&](int64_t part, int64_t channel) {
        const int64_t at = part * layout.channels + channel;
        affine_channel_backward(layout, part, channel, x.data_ptr<scalar_t>(),
                                g.data_ptr<scalar_t>(), scale.data_ptr<scalar_t>()[at],
                                dx.data_ptr<scalar_t>(),
                                scaled ? dscale.data_ptr<scalar_t>() + at : nullptr,
                                scaled ? dshift.data_ptr<scalar_t>() + at : nullptr);
      });
    });
    return {dx, dscale, dshift};
  }
};

int64_t parts_of(const Tensor& value) { return value.dim() == 2 ? value.size(0) : 1; }

}  // namespace

Tensor channel_affine(const Tensor& x, const Tensor& scale, const Tensor& shift) {
  const int64_t channels = x.size(1);
  const int64_t parts = std::max(parts_of(scale), parts_of(shift));
  check(x.size(0) % parts == 0, ErrorCode::shape,
        "a batch of " + std::to_string(x.size(0)) + " rows does not divide into " +
            std::to_string(parts) + " equal parts");
  const auto spread = [&](const Tensor& value) {
    return value.reshape({parts_of(value), channels}).expand({parts, channels}).contiguous();
  };
  if (x.is_cpu() && x.numel() > 0) {
    return ChannelAffine::apply(in_order(x), spread(scale), spread(shift));
  }
  const int64_t inner = c10::multiply_integers(x.sizes().slice(2));
  const Tensor split = x.reshape({parts, x.size(0) / parts, channels, inner});
  return torch::addcmul(spread(shift).view({parts, 1, channels, 1}), split,
                        spread(scale).view({parts, 1, channels, 1}))
      .view(x.sizes());
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
