#include "modhost/nn_conv.h"

#include "conv_max_pool.h"
#include "fan_in.h"
#include "input_check.h"
#include "modhost/error.h"
#include "modhost/nn_simple.h"
#include "path_choice.h"
#include "sides.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

// x with the channels of a pixel next to each other; no copy where they are so already.
Tensor channels_last(const Tensor& x) {
  if (x.size(1) > 1) return x.contiguous(torch::MemoryFormat::ChannelsLast);
  // Of one channel, both orders are the same bytes, and LibTorch would go on in the other one.
  return x.squeeze(1).contiguous().unsqueeze(3).permute({0, 3, 1, 2});
}

}  // namespace

ConvLayer::ConvLayer(const std::string& kind, int64_t in, int64_t out,
                     const std::vector<int64_t>& kernel, int64_t groups, bool bias)
    : Layer(kind, in, out) {
  check(groups > 0 && in % groups == 0 && out % groups == 0, ErrorCode::config,
        kind + ": " + std::to_string(in) + " input and " + std::to_string(out) +
            " output channels do not divide into " + std::to_string(groups) + " groups");
  std::vector<int64_t> shape{out, in / groups};
  shape.insert(shape.end(), kernel.begin(), kernel.end());
  int64_t fan_in = in / groups;
  for (const int64_t length : kernel) fan_in *= length;
  weight_ = parameter("weight", shape, init::kaiming_uniform(fan_in));
  feeds({weight_, 0, 1, "out", "in", groups});
  if (!bias) return;
  bias_ = parameter("bias", {out}, detail::fan_in_bound(fan_in));
  feeds({bias_, 0});
}

Conv1dLayer::Conv1dLayer(int64_t in, int64_t out, int64_t kernel, ops::Conv1dGeometry geometry,
                         bool bias)
    : ConvLayer("conv1d", in, out, {kernel}, geometry.groups, bias), geometry_(geometry) {}

Conv1dLayer::Conv1dLayer(const Conv1dOptions& options)
    : Conv1dLayer(detail::given("conv1d", options.in), options.out(), options.kernel(),
                  {options.stride(), options.padding(), options.dilation(), options.groups()},
                  options.bias()) {}

Tensor Conv1dLayer::forward(const Tensor& x) {
  const int64_t reach = geometry_.dilation * (weight_.tensor().size(2) - 1) + 1;
  detail::check_input(
      *this, x,
      x.dim() == 3 && x.size(1) == units_in() && x.size(2) + 2 * geometry_.padding >= reach, [&] {
        return "[n, " + std::to_string(units_in()) + ", length] that, with " +
               std::to_string(geometry_.padding) + " of padding on each side, is at least " +
               std::to_string(reach) + " long";
      });
  return ops::conv1d(x, weight_.get(), bias_.get(), geometry_);
}

Conv2dLayer::Conv2dLayer(int64_t in, int64_t out, ops::Sides kernel, ops::Conv2dGeometry geometry,
                         bool bias)
    : ConvLayer("conv2d", in, out, {kernel.height, kernel.width}, geometry.groups, bias),
      geometry_(geometry) {}

Conv2dLayer::Conv2dLayer(const Conv2dOptions& options)
    : Conv2dLayer(
          detail::given("conv2d", options.in), options.out(),
          detail::sides("conv2d", options.kernel),
          {detail::sides("conv2d", options.stride), detail::sides("conv2d", options.padding),
           detail::sides("conv2d", options.dilation), options.groups()},
          options.bias()) {}

Tensor Conv2dLayer::checked(const Tensor& x) const {
  const Tensor& weight = weight_.tensor();
  const ops::Sides &padding = geometry_.padding, &dilation = geometry_.dilation;
  const int64_t tall = dilation.height * (weight.size(2) - 1) + 1 - 2 * padding.height;
  const int64_t wide = dilation.width * (weight.size(3) - 1) + 1 - 2 * padding.width;
  detail::check_input(
      *this, x, x.dim() == 4 && x.size(1) == units_in() && x.size(2) >= tall && x.size(3) >= wide,
      [&] {
        return "[n, " + std::to_string(units_in()) + ", height, width] of at least " +
               std::to_string(std::max<int64_t>(tall, 1)) + " x " +
               std::to_string(std::max<int64_t>(wide, 1));
      });
  return ops::channels_last_pays(x) ? channels_last(x) : x;
}

Tensor Conv2dLayer::forward(const Tensor& x) {
  return ops::conv2d(checked(x), weight_.get(), bias_.get(), geometry_);
}

Tensor Conv2dLayer::forward_pooled(const Tensor& x, MaxPool2dLayer& pooling) {
  const Tensor y =
      ops::conv2d_max_pool(checked(x), weight_.get(), bias_.get(), geometry_, pooling.geometry());
  return y.defined() ? y : pooling.forward(forward(x));
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
