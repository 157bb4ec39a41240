// Gated linear layer: y = (W x) * sigmoid(G x).
#include <modhost/layer.h>
#include <modhost/ops.h>
#include <modhost/option.h>
#include <modhost/plugin.h>

namespace {

using namespace modhost;

struct MyPluginOptions : Options {
  Option<int64_t> in{*this, "in", 0, "input features", AtLeast{1}, FromInput{-1}};
  Option<int64_t> out{*this, "out", 8, "output features", AtLeast{1}};
};

class MyPlugin : public Layer {
 public:
  using OptionsType = MyPluginOptions;

  explicit MyPlugin(const OptionsType& given) : Layer("my_plugin", given.in(), given.out()) {
    const int64_t in = given.in(), out = given.out();
    weight_ = parameter("weight", {out, in}, init::kaiming_uniform(in));
    gate_ = parameter("gate", {out, in}, init::kaiming_uniform(in));
    feeds({weight_, 0, 1});  // weight[o, i] connects input unit i with output unit o
    feeds({gate_, 0, 1});
  }

  // [E*b, in] -> [E*b, out]. get() hands the operation the weight as it is now: plain, masked, or
  // in E variants.
  Tensor forward(const Tensor& x) override {
    const WeightView no_bias{Tensor()};
    return ops::linear(x, weight_.get(), no_bias) *
           torch::sigmoid(ops::linear(x, gate_.get(), no_bias));
  }

 private:
  Parameter weight_, gate_;  // [out, in]
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.layer<MyPlugin>("my_plugin", "linear layer whose outputs are gated by a second one")
      .paper("name the paper here");
}
