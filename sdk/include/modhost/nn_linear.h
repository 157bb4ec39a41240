// The linear layer.
#pragma once

#include "modhost/layer.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace nn {

// y = x W^T + b over the last dimension: [E*b, ..., in] -> [E*b, ..., out].
struct LinearOptions : Options {
  Option<int64_t> in{*this, "in", 0, "input features", AtLeast{1}, FromInput{-1}};
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

using Linear = Handle<LinearLayer>;

}  // namespace nn
}  // namespace v1
}  // namespace modhost
