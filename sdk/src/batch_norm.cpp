// Batch normalisation with row weights and separate statistics for each part of an ensemble.
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

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

using Layout = ChannelLayout;

template <typename T>
void forward_channel(const Layout& layout, int64_t part, int64_t channel, const T* x,
                     const double* share, T scale, T shift, double eps, T* y, T* mean_out,
                     T* variance_out) {
  double mean = 0;
  for (int64_t row = 0; row < layout.rows; ++row) {
    const T* from = x + layout.offset(part, row, channel);
    const T sum = lane_sum<T>(layout.inner, [&](int64_t i) { return from[i]; });
    mean += share[part * layout.rows + row] * static_cast<double>(sum);
  }
  const T center = static_cast<T>(mean);
  double variance = 0;
  for (int64_t row = 0; row < layout.rows; ++row) {
    const T* from = x + layout.offset(part, row, channel);
    const T sum = lane_sum<T>(layout.inner,
                              [&](int64_t i) { return (from[i] - center) * (from[i] - center); });
    variance += share[part * layout.rows + row] * static_cast<double>(sum);
  }
  *mean_out = static_cast<T>(mean);
  *variance_out = static_cast<T>(variance);
  const T factor = static_cast<T>(static_cast<double>(scale) / std::sqrt(variance + eps));
  for (int64_t row = 0; row < layout.rows; ++row) {
    const T* from = x + layout.offset(part, row, channel);
    T* to = y + layout.offset(part, row, channel);
    for (int64_t i = 0; i < layout.inner; ++i) to[i] = (from[i] - center) * factor + shift;
  }
}

// dx = scale/deviation (g - share_n (sum g + z sum(g z))), z = (x - mean)/deviation.
template <typename T>
void backward_channel(const Layout& layout, int64_t part, int64_t channel, const T* x, const T* g,
                      const double* share, T scale, T mean, T variance, double eps, T* dx,
                      T* dscale, T* dshift) {
  const double deviation = std::sqrt(static_cast<double>(variance) + eps);
  double sum_g = 0;
  double sum_gz = 0;
  for (int64_t row = 0; row < layout.rows; ++row) {
    const T* from = x + layout.offset(part, row, channel);
    const T* gradient = g + layout.offset(part, row, channel);
    sum_g += static_cast<double>(lane_sum<T>(layout.inner, [&](int64_t i) { return gradient[i]; }));
    sum_gz += static_cast<double>(
        lane_sum<T>(layout.inner, [&](int64_t i) { return (from[i] - mean) * gradient[i]; }));
  }
  sum_gz /= deviation;
  *dscale = static_cast<T>(sum_gz);
  *dshift = static_cast<T>(sum_g);
  const T factor = static_cast<T>(static_cast<double>(scale) / deviation);
  for (int64_t row = 0; row < layout.rows; ++row) {
    const int64_t at = layout.offset(part, row, channel);
    const double weight = share[part * layout.rows + row];
    const T constant = static_cast<T>(weight * sum_g);
    const T slope = static_cast<T>(weight * sum_gz / deviation);
    for (int64_t i = 0; i < layout.inner; ++i) {
      dx[at + i] = factor * (g[at + i] - constant - slope * (x[at + i] - mean));
    }
  }
}

class BatchNormFunction : public torch::autograd::Function<BatchNormFunction> {
 public:
  // share: [parts*rows] double, the weight of one element of the row within its part's sum.
  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& scale,
                               const Tensor& shift, const Tensor& share, int64_t parts,
                               double eps) {
    const Layout layout = Layout::of(x, parts);
    const Tensor y = torch::empty_like(x);
    const Tensor mean = torch::empty({parts, layout.channels}, x.options());
    const Tensor variance = torch::empty({parts, layout.channels}, x.options());
    const Tensor scales = scale.expand({parts, layout.channels}).contiguous();
    const Tensor shifts = shift.expand({parts, layout.channels}).contiguous();
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "batch_norm", [&] {
      const auto* in = x.data_ptr<scalar_t>();
      auto* out = y.data_ptr<scalar_t>();
      if (channels_innermost(x)) {
        batch_norm_pixels(layout, in, share.data_ptr<double>(), scales.data_ptr<scalar_t>(),
                          shifts.data_ptr<scalar_t>(), eps, out, mean.data_ptr<scalar_t>(),
                          variance.data_ptr<scalar_t>());
        return;
      }
      for_each_channel(layout, [&](int64_t part, int64_t channel) {
        const int64_t at = part * layout.channels + channel;
        forward_channel(layout, part, channel, in, share.data_ptr<double>(),
                        scales.data_ptr<scalar_t>()[at], shifts.data_ptr<scalar_t>()[at], eps, out,
                        mean.data_ptr<scalar_t>() + at, variance.data_ptr<scalar_t>() + at);
      });
    });
    context->save_for_backward({x, scales, share, mean, variance});
    context->saved_data["parts"] = parts;
    context->saved_data["eps"] = eps;
    context->saved_data["shared_scale"] = scale.size(0) < parts;
    context->saved_data["shared_shift"] = shift.size(0) < parts;
    context->mark_non_differentiable({mean, variance});
    return {y, mean, variance};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &scales = saved[1], &share = saved[2];
    const Tensor &mean = saved[3], &variance = saved[4];
    const Layout layout = Layout::of(x, context->saved_data["parts"].toInt());
    const double eps = context->saved_data["eps"].toDouble();
    const Tensor g = in_order_of(x, gradients[0]);
    const Tensor dx = torch::empty_like(x);
    Tensor dscale = torch::empty_like(scales);
    Tensor dshift = torch::empty_like(scales);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "batch_norm_backward", [&] {
      if (channels_innermost(x)) {
        batch_norm_pixels_backward(
            layout, x.data_ptr<scalar_t>(), g.data_ptr<scalar_t>(), share.data_ptr<double>(),
            scales.data_ptr<scalar_t>(), mean.data_ptr<scalar_t>(), variance.data_ptr<scalar_t>(),
            eps, dx.data_ptr<scalar_t>(), dscale.data_ptr<scalar_t>(), dshift.data_ptr<scalar_t>());
        return;
      }
      for_each_channel(layout, [&](int64_t part, int64_t channel) {
        const int64_t at = part * layout.channels + channel;
        backward_channel(layout, part, channel, x.data_ptr<scalar_t>(), g.data_ptr<scalar_t>(),
                         share.data_ptr<double>(), scales.data_ptr<scalar_t>()[at],
                         mean.data_ptr<scalar_t>()[at], variance.data_ptr<scalar_t>()[at], eps,
                         dx.data_ptr<scalar_t>(), dscale.data_ptr<scalar_t>() + at,
                         dshift.data_ptr<scalar_t>() + at);
      });
    });
    if (context->saved_data["shared_scale"].toBool()) dscale = dscale.sum(0, true);
    if (context->saved_data["shared_shift"].toBool()) dshift = dshift.sum(0, true);
    return {dx, dscale, dshift, Tensor(), Tensor(), Tensor()};
  }
};

// Each row's weight divided by the total of its part and by the elements of a row.
Tensor row_shares(const Tensor& row_weight, const Layout& layout) {
  const double entries = static_cast<double>(layout.rows * layout.inner);
  if (!row_weight.defined()) {
    return torch::full({layout.parts, layout.rows}, 1 / entries, torch::kDouble);
  }
  const Tensor weight =
      row_weight.to(torch::kCPU, torch::kDouble).reshape({layout.parts, layout.rows});
  return (weight / (weight.sum(1, true) * static_cast<double>(layout.inner))).contiguous();
}

// The same in tensor operations, for devices other than the CPU.
Tensor composed(const Tensor& x, const Tensor& scale, const Tensor& shift, const Tensor& share,
                const Layout& layout, double eps, BatchStatistics* statistics) {
  const Tensor split = x.reshape({layout.parts, layout.rows, layout.channels, layout.inner});
  const Tensor weight =
      share.to(x.device(), x.scalar_type()).view({layout.parts, layout.rows, 1, 1});
  const Tensor mean = (split * weight).sum({1, 3}, true);
  const Tensor centered = split - mean;
  const Tensor variance = (centered * centered * weight).sum({1, 3}, true);
  if (statistics != nullptr) {
    statistics->mean = mean.detach().view({layout.parts, layout.channels});
    statistics->variance = variance.detach().view({layout.parts, layout.channels});
  }
  const auto spread = [&](const Tensor& value) {
    return value.reshape({value.size(0), 1, layout.channels, 1});
  };
  return torch::addcmul(spread(shift), centered * torch::rsqrt(variance + eps), spread(scale))
      .view(x.sizes());
}

}  // namespace

Tensor batch_norm(const Tensor& x, const Tensor& scale, const Tensor& shift,
                  const Tensor& row_weight, int64_t parts, double eps,
                  BatchStatistics* statistics) {
  check(x.dim() >= 2 && x.size(0) > 0 && x.size(0) % parts == 0, ErrorCode::shape,
        "a batch of shape " + shape_text(x) + " does not divide into " + std::to_string(parts) +
            " equal parts");
  const Layout layout = Layout::of(x, parts);
  const Tensor share = row_shares(row_weight, layout);
  if (!x.is_cpu()) return composed(x, scale, shift, share, layout, eps, statistics);
  const auto result = BatchNormFunction::apply(in_order(x), scale, shift, share, parts, eps);
  if (statistics != nullptr) *statistics = {result[1], result[2]};
  return result[0];
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
