#include <utility>

#include "input_check.h"
#include "modhost/error.h"
#include "modhost/nn_norm.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

// A varied parameter is [E, n], a plain one [n] becomes [1, n].
Tensor with_parts(const WeightView& view) {
  return view.plain() ? view.weight().unsqueeze(0) : view.tensor();
}

}  // namespace

BatchNormLayer::BatchNormLayer(const std::string& kind, int64_t channels, double eps,
                               double momentum)
    : Layer(kind, channels, channels), eps_(eps), momentum_(momentum) {
  weight_ = parameter("weight", {channels}, init::constant(1));
  bias_ = parameter("bias", {channels}, init::constant(0));
  running_mean_ = &buffer("running_mean", torch::zeros({channels}), true);
  running_var_ = &buffer("running_var", torch::ones({channels}), true);
  num_batches_tracked_ = &buffer("num_batches_tracked", torch::zeros({}, torch::kLong), true);
  feeds({weight_, 0, 0});
  feeds({bias_, 0});
}

Tensor BatchNormLayer::forward(const Tensor& x) { return forward(x, Tensor()); }

Tensor BatchNormLayer::forward(const Tensor& x, const Tensor& row_weight) {
  detail::check_input(*this, x, takes(x) && x.size(1) == units_in(),
                      [&] { return "[n, " + std::to_string(units_in()) + positions(); });
  return training() ? by_batch(x, row_weight) : by_running(x);
}

Tensor BatchNormLayer::by_batch(const Tensor& x, const Tensor& row_weight) {
  ops::BatchStatistics statistics;
  const Tensor y = ops::batch_norm(x, with_parts(weight_.get()), with_parts(bias_.get()),
                                   row_weight, ensemble_size(), eps_, &statistics);
  const double rows =
      row_weight.defined() ? row_weight.sum().item<double>() : static_cast<double>(x.size(0));
  const double positions = static_cast<double>(x.numel()) / static_cast<double>(x.size(0)) /
                           static_cast<double>(x.size(1));
  update_running(statistics, rows * positions / static_cast<double>(ensemble_size()));
  return y;
}

// (x - mean) / sqrt(var + eps) * scale + shift as one multiplication and addition.
Tensor BatchNormLayer::by_running(const Tensor& x) {
  const Tensor &mean = running_mean_->tensor, &variance = running_var_->tensor;
  check(mean.dim() == 1 || mean.size(0) == ensemble_size(), ErrorCode::internal,
        "a batch norm with statistics of several networks is used for another number of them");
  const Tensor factor = with_parts(weight_.get()) * torch::rsqrt(variance + eps_);
  return ops::channel_affine(x, factor, with_parts(bias_.get()) - mean * factor);
}

// `count`: elements per channel and part. PyTorch keeps the unbiased variance, as here.
void BatchNormLayer::update_running(const ops::BatchStatistics& statistics, double count) {
  const torch::NoGradGuard no_grad;
  const bool per_part = running_mean_->tensor.dim() == 2;
  const auto newest = [&](const Tensor& value) {
    if (per_part) return value;
    return value.size(0) == 1 ? value[0] : value.mean(0);
  };
  const double unbiased = count > 1 ? count / (count - 1) : 1;
  running_mean_->tensor.lerp_(newest(statistics.mean), momentum_);
  running_var_->tensor.mul_(1 - momentum_).add_(newest(statistics.variance), momentum_ * unbiased);
  num_batches_tracked_->tensor.add_(1);
}

BatchNorm1dLayer::BatchNorm1dLayer(int64_t channels, double eps, double momentum)
    : BatchNormLayer("batch_norm1d", channels, eps, momentum) {}

BatchNorm1dLayer::BatchNorm1dLayer(const BatchNormOptions& options)
    : BatchNorm1dLayer(detail::given("batch_norm1d", options.channels), options.eps(),
                       options.momentum()) {}

bool BatchNorm1dLayer::takes(const Tensor& x) const { return x.dim() == 2 || x.dim() == 3; }

std::string BatchNorm1dLayer::positions() const { return "] or [n, channels, length]"; }

BatchNorm2dLayer::BatchNorm2dLayer(int64_t channels, double eps, double momentum)
    : BatchNormLayer("batch_norm2d", channels, eps, momentum) {}

BatchNorm2dLayer::BatchNorm2dLayer(const BatchNormOptions& options)
    : BatchNorm2dLayer(detail::given("batch_norm2d", options.channels), options.eps(),
                       options.momentum()) {}

bool BatchNorm2dLayer::takes(const Tensor& x) const { return x.dim() == 4; }

std::string BatchNorm2dLayer::positions() const { return ", height, width]"; }

}  // namespace nn
}  // namespace v1
}  // namespace modhost
