// Layers, each wrong in one way that a conformance check must find.
#include <modhost/layer.h>
#include <modhost/ops.h>
#include <modhost/option.h>
#include <modhost/plugin.h>

namespace {

using namespace modhost;

struct WidthOptions : Options {
  Option<int64_t> width{*this, "width", 6, "units in and out", AtLeast{1}};
};

// The weight is used as [in, out], but its wiring says [out, in].
class FalseWiring : public Layer {
 public:
  using OptionsType = WidthOptions;
  explicit FalseWiring(const WidthOptions& options)
      : Layer("false_wiring", options.width(), options.width()) {
    weight_ = parameter("weight", {options.width(), options.width()},
                        init::kaiming_uniform(options.width()));
    feeds({weight_, 0, 1});
  }
  Tensor forward(const Tensor& x) override {
    const Tensor weight = weight_.get().tensor();  // [in, out] or [E, in, out]
    if (weight.dim() == 2) return torch::matmul(x, weight);
    return torch::bmm(x.view({weight.size(0), -1, x.size(1)}), weight).view(x.sizes());
  }

 private:
  Parameter weight_;
};

// The mean over the whole batch, whichever variant a row belongs to.
class SharedMean : public Layer {
 public:
  using OptionsType = WidthOptions;
  explicit SharedMean(const WidthOptions& options)
      : Layer("shared_mean", options.width(), options.width()) {
    weight_ = parameter("weight", {options.width(), options.width()},
                        init::kaiming_uniform(options.width()));
    feeds({weight_, 0, 1});
  }
  Tensor forward(const Tensor& x) override {
    const Tensor y = ops::linear(x, weight_.get(), WeightView{Tensor()});
    return y - y.mean(0);
  }

 private:
  Parameter weight_;
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.layer<FalseWiring>("false_wiring", "the wiring names the wrong dimensions");
  registry.layer<SharedMean>("shared_mean", "mixes the parts of a batch");
}
