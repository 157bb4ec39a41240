// Layers without parameters: dropout, activations, pooling, flattening. They have no units of their
// own (0 in, 0 out) and pass on those that come: channel u stays channel u; flattening turns unit u
// into as many units as it has positions.
#pragma once

#include <string>
#include <vector>

#include "modhost/activation.h"
#include "modhost/layer.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

// In training zeroes entries with probability p and scales the others by 1/(1-p).
struct DropoutOptions : Options {
  Option<double> p{*this, "p", 0.5, "probability of a zero in training", Range{0, 1}};
};
class DropoutLayer : public Layer {
 public:
  using OptionsType = DropoutOptions;
  explicit DropoutLayer(double p = 0.5);
  explicit DropoutLayer(const DropoutOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  double p_;
};

// relu, gelu, tanh, sigmoid, ... (activation.h), each a kind of its own in the registry.
class ActivationLayer : public Layer {
 public:
  explicit ActivationLayer(const std::string& kind);  // Error(config) for an unknown one
  Tensor forward(const Tensor& x) override;
};

struct NoOptions : Options {};
// Over the last dimension.
class SoftmaxLayer : public Layer {
 public:
  using OptionsType = NoOptions;
  SoftmaxLayer();
  explicit SoftmaxLayer(const NoOptions& options);
  Tensor forward(const Tensor& x) override;
};

// Windows without a stride of their own do not overlap: stride 0 means that of the kernel.
struct Pool1dOptions : Options {
  Option<int64_t> kernel{*this, "kernel", 2, "length of the window", AtLeast{1}};
  Option<int64_t> stride{*this, "stride", 0, "step of the window; 0: its length", AtLeast{0}};
  Option<int64_t> padding{*this, "padding", 0, "added on each side, at most half the window",
                          AtLeast{0}};
};
// The largest entry of each window: [E*b, c, length] -> [E*b, c, length'].
class MaxPool1dLayer : public Layer {
 public:
  using OptionsType = Pool1dOptions;
  explicit MaxPool1dLayer(int64_t kernel, int64_t stride = 0, int64_t padding = 0);
  explicit MaxPool1dLayer(const Pool1dOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  int64_t kernel_, stride_, padding_;
};

struct Pool2dOptions : Options {
  using Lengths = std::vector<int64_t>;
  Option<Lengths> kernel{*this, "kernel", {2}, "side of the window, or height, width", AtLeast{1}};
  Option<Lengths> stride{
      *this, "stride", {0}, "step of the window, or down, across; 0: its side", AtLeast{0}};
  Option<Lengths> padding{
      *this, "padding", {0}, "added on each side, at most half the window", AtLeast{0}};
};
// [E*b, c, h, w] -> [E*b, c, h', w'].
class Pool2dLayer : public Layer {
 public:
  Tensor forward(const Tensor& x) override;
  const ops::Pool2dGeometry& geometry() const { return geometry_; }

 protected:
  Pool2dLayer(const std::string& kind, ops::Sides kernel, ops::Sides stride, ops::Sides padding);

 private:
  virtual Tensor pool(const Tensor& x) const = 0;
  ops::Pool2dGeometry geometry_;
};
// The largest entry of each window.
class MaxPool2dLayer : public Pool2dLayer {
 public:
  using OptionsType = Pool2dOptions;
  explicit MaxPool2dLayer(ops::Sides kernel, ops::Sides stride = 0, ops::Sides padding = 0);
  explicit MaxPool2dLayer(const Pool2dOptions& options);

 private:
  Tensor pool(const Tensor& x) const override;
};
// The mean of each window; zeros of the padding count, as in PyTorch.
class AvgPool2dLayer : public Pool2dLayer {
 public:
  using OptionsType = Pool2dOptions;
  explicit AvgPool2dLayer(ops::Sides kernel, ops::Sides stride = 0, ops::Sides padding = 0);
  explicit AvgPool2dLayer(const Pool2dOptions& options);

 private:
  Tensor pool(const Tensor& x) const override;
};

// The mean over all positions: [E*b, c, ...] -> [E*b, c].
class GlobalAvgPoolLayer : public Layer {
 public:
  using OptionsType = NoOptions;
  GlobalAvgPoolLayer();
  explicit GlobalAvgPoolLayer(const NoOptions& options);
  Tensor forward(const Tensor& x) override;
};

// [E*b, ...] -> [E*b, entries of one row].
class FlattenLayer : public Layer {
 public:
  using OptionsType = NoOptions;
  FlattenLayer();
  explicit FlattenLayer(const NoOptions& options);
  Tensor forward(const Tensor& x) override;
};

using Dropout = Handle<DropoutLayer>;
using Activation = Handle<ActivationLayer>;
using Softmax = Handle<SoftmaxLayer>;
using MaxPool1d = Handle<MaxPool1dLayer>;
using MaxPool2d = Handle<MaxPool2dLayer>;
using AvgPool2d = Handle<AvgPool2dLayer>;
using GlobalAvgPool = Handle<GlobalAvgPoolLayer>;
using Flatten = Handle<FlattenLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
