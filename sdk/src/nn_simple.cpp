#include "modhost/nn_simple.h"

#include "input_check.h"

namespace modhost {
inline namespace v1 {
namespace nn {

DropoutLayer::DropoutLayer(double p) : Layer("dropout", 0, 0), p_(p) {}

DropoutLayer::DropoutLayer(const DropoutOptions& options) : DropoutLayer(options.p()) {}

Tensor DropoutLayer::forward(const Tensor& x) { return drop(x, p_); }

ActivationLayer::ActivationLayer(const std::string& kind) : Layer(kind, 0, 0) {
  activation_gain(kind);  // refuses an unknown name
}

Tensor ActivationLayer::forward(const Tensor& x) { return activate(kind(), x); }

SoftmaxLayer::SoftmaxLayer() : Layer("softmax", 0, 0) {}

SoftmaxLayer::SoftmaxLayer(const NoOptions&) : SoftmaxLayer() {}

Tensor SoftmaxLayer::forward(const Tensor& x) { return torch::softmax(x, -1); }

GlobalAvgPoolLayer::GlobalAvgPoolLayer() : Layer("global_avg_pool", 0, 0) {}

GlobalAvgPoolLayer::GlobalAvgPoolLayer(const NoOptions&) : GlobalAvgPoolLayer() {}

Tensor GlobalAvgPoolLayer::forward(const Tensor& x) {
  detail::check_input(*this, x, x.dim() >= 3, [] { return "[n, channels, positions...]"; });
  std::vector<int64_t> positions;
  for (int64_t dimension = 2; dimension < x.dim(); ++dimension) positions.push_back(dimension);
  return x.mean(positions);  // no flattening: that would copy images in the channels-last order
}

FlattenLayer::FlattenLayer() : Layer("flatten", 0, 0) {}

FlattenLayer::FlattenLayer(const NoOptions&) : FlattenLayer() {}

Tensor FlattenLayer::forward(const Tensor& x) { return x.flatten(1); }

}  // namespace nn
}  // namespace v1
}  // namespace modhost
