// Convolutions of one and two dimensions (cross-correlations, as everywhere in deep learning).
#pragma once

#include <string>
#include <vector>

#include "modhost/layer.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

class MaxPool2dLayer;  // nn_simple.h

// What both share: the parameters `weight` [out, in/groups, kernel...] and `bias` [out].
class ConvLayer : public Layer {
 protected:
  // Error(config) when the channels do not divide into the groups.
  ConvLayer(const std::string& kind, int64_t in, int64_t out, const std::vector<int64_t>& kernel,
            int64_t groups, bool bias);
  Parameter weight_;
  Parameter bias_;
};

// [E*b, in, length] -> [E*b, out, length'].
struct Conv1dOptions : Options {
  Option<int64_t> in{*this, "in", 0, "input channels", AtLeast{1}, FromInput{0}};
  Option<int64_t> out{*this, "out", 1, "output channels", AtLeast{1}};
  Option<int64_t> kernel{*this, "kernel", 3, "length of the kernel", AtLeast{1}};
  Option<int64_t> stride{*this, "stride", 1, "step of the kernel", AtLeast{1}};
  Option<int64_t> padding{*this, "padding", 0, "zeros added on each side", AtLeast{0}};
  Option<int64_t> dilation{*this, "dilation", 1, "distance of the taps", AtLeast{1}};
  Option<int64_t> groups{*this, "groups", 1, "independent groups of channels", AtLeast{1}};
  Option<bool> bias{*this, "bias", true, "add a bias"};
};
class Conv1dLayer : public ConvLayer {
 public:
  using OptionsType = Conv1dOptions;
  Conv1dLayer(int64_t in, int64_t out, int64_t kernel, ops::Conv1dGeometry geometry = {},
              bool bias = true);
  explicit Conv1dLayer(const Conv1dOptions& options);
  Tensor forward(const Tensor& x) override;

 private:
  ops::Conv1dGeometry geometry_;
};

// [E*b, in, h, w] -> [E*b, out, h', w']. In single precision on the CPU the result lies in memory
// channels-last, which is faster here and in the layers that follow; they keep it. Its dimensions
// are as ever: flatten() and reshape() see channels, rows, columns, but view() of several
// dimensions as one, and pointers to the data, need contiguous() first.
struct Conv2dOptions : Options {
  using Lengths = std::vector<int64_t>;
  Option<int64_t> in{*this, "in", 0, "input channels", AtLeast{1}, FromInput{0}};
  Option<int64_t> out{*this, "out", 1, "output channels", AtLeast{1}};
  Option<Lengths> kernel{*this, "kernel", {3}, "side of the kernel, or height, width", AtLeast{1}};
  Option<Lengths> stride{*this, "stride", {1}, "step of the kernel, or down, across", AtLeast{1}};
  Option<Lengths> padding{*this,
                          "padding",
                          {0},
                          "zeros added on each side, or above and below, left and right",
                          AtLeast{0}};
  Option<Lengths> dilation{
      *this, "dilation", {1}, "distance of the taps, or down, across", AtLeast{1}};
  Option<int64_t> groups{*this, "groups", 1, "independent groups of channels", AtLeast{1}};
  Option<bool> bias{*this, "bias", true, "add a bias"};
};
class Conv2dLayer : public ConvLayer {
 public:
  using OptionsType = Conv2dOptions;
  Conv2dLayer(int64_t in, int64_t out, ops::Sides kernel, ops::Conv2dGeometry geometry = {},
              bool bias = true);
  explicit Conv2dLayer(const Conv2dOptions& options);
  Tensor forward(const Tensor& x) override;
  // pooling.forward(forward(x)); under sampled masks faster, and in less memory.
  Tensor forward_pooled(const Tensor& x, MaxPool2dLayer& pooling);
  const ops::Conv2dGeometry& geometry() const { return geometry_; }

 private:
  Tensor checked(const Tensor& x) const;  // in the order in memory that suits it
  ops::Conv2dGeometry geometry_;
};

using Conv1d = Handle<Conv1dLayer>;
using Conv2d = Handle<Conv2dLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
