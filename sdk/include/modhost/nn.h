// The layer kinds that come with the SDK. Parameter names and default initialisation are those of
// PyTorch, so state dicts carry over by name.
#pragma once

#include "modhost/layer.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

// y = x W^T + b over the last dimension: [E*b, ..., in] -> [E*b, ..., out].
struct LinearOptions : Options {
  Option<int64_t> in{*this, "in", 1, "input features", AtLeast{1}};
  Option<int64_t> out{*this, "out", 1, "output features", AtLeast{1}};
  Option<bool> bias{*this, "bias", true, "add a bias"};
};
class LinearLayer : public Layer {
 public:
  using OptionsType = LinearOptions;
  LinearLayer(int64_t in, int64_t out, bool bias = true);
  explicit LinearLayer(const LinearOptions& options);
  // For the initialisations of papers that differ from PyTorch's default.
  LinearLayer(int64_t in, int64_t out, Init weight, Init bias);
  Tensor forward(const Tensor& x) override;

 private:
  Parameter weight_;  // [out, in]
  Parameter bias_;    // [out]
};

// Cross-correlation: [E*b, in, h, w] -> [E*b, out, h', w'].
struct Conv2dOptions : Options {
  Option<int64_t> in{*this, "in", 1, "input channels", AtLeast{1}};
  Option<int64_t> out{*this, "out", 1, "output channels", AtLeast{1}};
  Option<int64_t> kernel{*this, "kernel", 3, "side of the square kernel", AtLeast{1}};
  Option<int64_t> stride{*this, "stride", 1, "step of the kernel", AtLeast{1}};
  Option<int64_t> padding{*this, "padding", 0, "zeros added on each side", AtLeast{0}};
  Option<int64_t> dilation{*this, "dilation", 1, "distance of the taps", AtLeast{1}};
  Option<int64_t> groups{*this, "groups", 1, "independent groups of channels", AtLeast{1}};
  Option<bool> bias{*this, "bias", true, "add a bias"};
};
class Conv2dLayer : public Layer {
 public:
  using OptionsType = Conv2dOptions;
  Conv2dLayer(int64_t in, int64_t out, int64_t kernel, ops::Conv2dGeometry geometry = {},
              bool bias = true);
  explicit Conv2dLayer(const Conv2dOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  ops::Conv2dGeometry geometry_;
  Parameter weight_;  // [out, in/groups, kernel, kernel]
  Parameter bias_;    // [out]
};

// Batch normalisation over dimensions 0, 2, 3 (Ioffe and Szegedy 2015). Training: statistics of the
// batch, of each ensemble part separately; running statistics are updated (with the mean over the
// parts when the buffers hold one network). Evaluation: running statistics.
struct BatchNorm2dOptions : Options {
  Option<int64_t> channels{*this, "channels", 1, "channels", AtLeast{1}};
  Option<double> eps{*this, "eps", 1e-5, "added to the variance", Above{0}};
  Option<double> momentum{*this, "momentum", 0.1, "share of the newest batch", Range{0, 1}};
};
class BatchNorm2dLayer : public Layer {
 public:
  using OptionsType = BatchNorm2dOptions;
  explicit BatchNorm2dLayer(int64_t channels, double eps = 1e-5, double momentum = 0.1);
  explicit BatchNorm2dLayer(const BatchNorm2dOptions& options);
  Tensor forward(const Tensor& x) override;
  // row_weight: [E*b] or undefined. Row n counts row_weight[n] times in the batch statistics, as if
  // the batch repeated it that often; evaluation ignores it.
  Tensor forward(const Tensor& x, const Tensor& row_weight);

 private:
  void update_running(const ops::BatchStatistics& statistics, double count);

  double eps_, momentum_;
  Parameter weight_, bias_;                                     // [channels]
  Buffer *running_mean_, *running_var_, *num_batches_tracked_;  // [channels], [channels], []
};

// Layer normalisation over the last dimension (Ba, Kiros, Hinton 2016).
struct LayerNormOptions : Options {
  Option<int64_t> features{*this, "features", 1, "size of the last dimension", AtLeast{1}};
  Option<double> eps{*this, "eps", 1e-5, "added to the variance", Above{0}};
};
class LayerNormLayer : public Layer {
 public:
  using OptionsType = LayerNormOptions;
  explicit LayerNormLayer(int64_t features, double eps = 1e-5);
  explicit LayerNormLayer(const LayerNormOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  double eps_;
  Parameter weight_, bias_;  // [features]
};

using Linear = Handle<LinearLayer>;
using Conv2d = Handle<Conv2dLayer>;
using BatchNorm2d = Handle<BatchNorm2dLayer>;
using LayerNorm = Handle<LayerNormLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
