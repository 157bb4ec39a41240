#include "input_check.h"
#include "modhost/error.h"
#include "modhost/nn_simple.h"
#include "sides.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

void check_padding(const std::string& kind, int64_t padding, int64_t kernel) {
  check(2 * padding <= kernel, ErrorCode::config,
        kind + ": a padding of " + std::to_string(padding) + " is more than half the window of " +
            std::to_string(kernel));
}

ops::Sides or_kernel(const ops::Sides& stride, const ops::Sides& kernel) {
  return {stride.height > 0 ? stride.height : kernel.height,
          stride.width > 0 ? stride.width : kernel.width};
}

}  // namespace

MaxPool1dLayer::MaxPool1dLayer(int64_t kernel, int64_t stride, int64_t padding)
    : Layer("max_pool1d", 0, 0),
      kernel_(kernel),
      stride_(stride > 0 ? stride : kernel),
      padding_(padding) {
  check_padding(kind(), padding, kernel);
}

MaxPool1dLayer::MaxPool1dLayer(const Pool1dOptions& options)
    : MaxPool1dLayer(options.kernel(), options.stride(), options.padding()) {}

Tensor MaxPool1dLayer::forward(const Tensor& x) {
  const int64_t shortest = kernel_ - 2 * padding_;
  detail::check_input(*this, x, x.dim() == 3 && x.size(2) >= shortest, [&] {
    return "[n, channels, length] of at least " + std::to_string(std::max<int64_t>(shortest, 1));
  });
  return ops::max_pool2d(x.unsqueeze(2), {{1, kernel_}, {1, stride_}, {0, padding_}}).squeeze(2);
}

Pool2dLayer::Pool2dLayer(const std::string& kind, ops::Sides kernel, ops::Sides stride,
                         ops::Sides padding)
    : Layer(kind, 0, 0), geometry_{kernel, or_kernel(stride, kernel), padding} {
  check_padding(kind, padding.height, kernel.height);
  check_padding(kind, padding.width, kernel.width);
}

Tensor Pool2dLayer::forward(const Tensor& x) {
  const ops::Sides &kernel = geometry_.kernel, &padding = geometry_.padding;
  const int64_t tall = std::max<int64_t>(kernel.height - 2 * padding.height, 1);
  const int64_t wide = std::max<int64_t>(kernel.width - 2 * padding.width, 1);
  detail::check_input(*this, x, x.dim() == 4 && x.size(2) >= tall && x.size(3) >= wide, [&] {
    return "[n, channels, height, width] of at least " + std::to_string(tall) + " x " +
           std::to_string(wide);
  });
  return pool(x);
}

MaxPool2dLayer::MaxPool2dLayer(ops::Sides kernel, ops::Sides stride, ops::Sides padding)
    : Pool2dLayer("max_pool2d", kernel, stride, padding) {}

MaxPool2dLayer::MaxPool2dLayer(const Pool2dOptions& options)
    : MaxPool2dLayer(detail::sides("max_pool2d", options.kernel),
                     detail::sides("max_pool2d", options.stride),
                     detail::sides("max_pool2d", options.padding)) {}

Tensor MaxPool2dLayer::pool(const Tensor& x) const { return ops::max_pool2d(x, geometry()); }

AvgPool2dLayer::AvgPool2dLayer(ops::Sides kernel, ops::Sides stride, ops::Sides padding)
    : Pool2dLayer("avg_pool2d", kernel, stride, padding) {}

AvgPool2dLayer::AvgPool2dLayer(const Pool2dOptions& options)
    : AvgPool2dLayer(detail::sides("avg_pool2d", options.kernel),
                     detail::sides("avg_pool2d", options.stride),
                     detail::sides("avg_pool2d", options.padding)) {}

Tensor AvgPool2dLayer::pool(const Tensor& x) const {
  return torch::avg_pool2d(x, detail::both(geometry().kernel), detail::both(geometry().stride),
                           detail::both(geometry().padding));
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
