#include "modhost/nn.h"

#include <cmath>

#include "modhost/error.h"
#include "modhost/registry.h"

namespace modhost {
inline namespace v1 {
namespace nn {
namespace {

// A varied parameter is [E, n], a plain one [n] becomes [1, n].
Tensor with_parts(const WeightView& view) {
  return view.plain() ? view.weight().unsqueeze(0) : view.tensor();
}

double fan_in_bound(int64_t fan_in) { return 1 / std::sqrt(static_cast<double>(fan_in)); }

}  // namespace

LinearLayer::LinearLayer(int64_t in, int64_t out, bool bias) : Layer("linear", in, out) {
  weight_ = parameter("weight", {out, in}, init::kaiming_uniform(in));
  feeds({weight_, 0, 1});
  if (!bias) return;
  bias_ = parameter("bias", {out}, init::uniform(fan_in_bound(in)));
  feeds({bias_, 0});
}

LinearLayer::LinearLayer(const LinearOptions& options)
    : LinearLayer(options.in(), options.out(), options.bias()) {}

LinearLayer::LinearLayer(int64_t in, int64_t out, Init weight, Init bias)
    : Layer("linear", in, out) {
  weight_ = parameter("weight", {out, in}, weight);
  bias_ = parameter("bias", {out}, bias);
  feeds({weight_, 0, 1});
  feeds({bias_, 0});
}

Tensor LinearLayer::forward(const Tensor& x) { return ops::linear(x, weight_.get(), bias_.get()); }

Conv2dLayer::Conv2dLayer(int64_t in, int64_t out, int64_t kernel, ops::Conv2dGeometry geometry,
                         bool bias)
    : Layer("conv2d", in, out), geometry_(geometry) {
  check(in % geometry.groups == 0 && out % geometry.groups == 0, ErrorCode::config,
        "conv2d: " + std::to_string(in) + " input and " + std::to_string(out) +
            " output channels do not divide into " + std::to_string(geometry.groups) + " groups");
  const int64_t fan_in = in / geometry.groups * kernel * kernel;
  weight_ = parameter("weight", {out, in / geometry.groups, kernel, kernel},
                      init::kaiming_uniform(fan_in));
  feeds({weight_, 0, 1});
  if (!bias) return;
  bias_ = parameter("bias", {out}, init::uniform(fan_in_bound(fan_in)));
  feeds({bias_, 0});
}

Conv2dLayer::Conv2dLayer(const Conv2dOptions& options)
    : Conv2dLayer(options.in(), options.out(), options.kernel(),
                  {options.stride(), options.padding(), options.dilation(), options.groups()},
                  options.bias()) {}

Tensor Conv2dLayer::forward(const Tensor& x) {
  return ops::conv2d(x, weight_.get(), bias_.get(), geometry_);
}

BatchNorm2dLayer::BatchNorm2dLayer(int64_t channels, double eps, double momentum)
    : Layer("batch_norm2d", channels, channels), eps_(eps), momentum_(momentum) {
  weight_ = parameter("weight", {channels}, init::constant(1));
  bias_ = parameter("bias", {channels}, init::constant(0));
  running_mean_ = &buffer("running_mean", torch::zeros({channels}));
  running_var_ = &buffer("running_var", torch::ones({channels}));
  num_batches_tracked_ = &buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
  feeds({weight_, 0, 0});
  feeds({bias_, 0});
}

BatchNorm2dLayer::BatchNorm2dLayer(const BatchNorm2dOptions& options)
    : BatchNorm2dLayer(options.channels(), options.eps(), options.momentum()) {}

Tensor BatchNorm2dLayer::forward(const Tensor& x) { return forward(x, Tensor()); }

Tensor BatchNorm2dLayer::forward(const Tensor& x, const Tensor& row_weight) {
  const Tensor scale = with_parts(weight_.get());
  const Tensor shift = with_parts(bias_.get());
  if (training()) {
    ops::BatchStatistics statistics;
    const Tensor y =
        ops::batch_norm(x, scale, shift, row_weight, ensemble_size(), eps_, &statistics);
    const double rows = row_weight.defined() ? row_weight.sum().item<double>() : x.size(0);
    const double elements = static_cast<double>(x.numel()) / (x.size(0) * x.size(1));
    update_running(statistics, rows * elements / static_cast<double>(ensemble_size()));
    return y;
  }
  // (x - mean) / sqrt(var + eps) * scale + shift as one multiplication and addition.
  const Tensor factor = scale * torch::rsqrt(running_var_->tensor + eps_);
  return ops::channel_affine(x, factor, shift - running_mean_->tensor * factor);
}

// `count`: elements per channel and part. PyTorch keeps the unbiased variance, as here.
void BatchNorm2dLayer::update_running(const ops::BatchStatistics& statistics, double count) {
  const torch::NoGradGuard no_grad;
  const bool per_part = running_mean_->tensor.dim() == 2;
  const auto newest = [&](const Tensor& value) { return per_part ? value : value.mean(0); };
  const double unbiased = count > 1 ? count / (count - 1) : 1;
  running_mean_->tensor.mul_(1 - momentum_).add_(newest(statistics.mean), momentum_);
  running_var_->tensor.mul_(1 - momentum_).add_(newest(statistics.variance), momentum_ * unbiased);
  num_batches_tracked_->tensor.add_(1);
}

LayerNormLayer::LayerNormLayer(int64_t features, double eps)
    : Layer("layer_norm", features, features), eps_(eps) {
  weight_ = parameter("weight", {features}, init::constant(1));
  bias_ = parameter("bias", {features}, init::constant(0));
  feeds({weight_, 0, 0});
  feeds({bias_, 0});
}

LayerNormLayer::LayerNormLayer(const LayerNormOptions& options)
    : LayerNormLayer(options.features(), options.eps()) {}

Tensor LayerNormLayer::forward(const Tensor& x) {
  return ops::layer_norm(x, weight_.get(), bias_.get(), eps_);
}

}  // namespace nn

void register_builtin_layers(Registry& registry) {
  registry.layer<nn::LinearLayer>("linear", "y = x W^T + b over the last dimension");
  registry.layer<nn::Conv2dLayer>("conv2d", "two-dimensional convolution");
  registry.layer<nn::BatchNorm2dLayer>("batch_norm2d", "batch normalisation of channels")
      .paper("Ioffe and Szegedy 2015");
  registry.layer<nn::LayerNormLayer>("layer_norm", "normalisation of the last dimension")
      .paper("Ba, Kiros, Hinton 2016");
}

}  // namespace v1
}  // namespace modhost
