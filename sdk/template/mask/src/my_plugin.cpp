// Binary masks with a straight-through gradient: Mallya, Davis, Lazebnik 2018, "Piggyback",
// section 3. Their threshold is zero here: what is learned is a weight's distance to it.
#include <modhost/mask_family.h>
#include <modhost/option.h>
#include <modhost/plugin.h>
#include <modhost/registry.h>

namespace {

using namespace modhost;

struct MyPluginOptions : Options {
  Option<double> window{
      *this,
      "window",
      0,
      "largest absolute value of a logit that the gradient still reaches; 0: it reaches all",
      AtLeast{0},
      Paper{"Courbariaux et al. 2016, Binarized Neural Networks, equation 4"}};
};

class MyPlugin : public MaskFamily {
 public:
  using OptionsType = MyPluginOptions;

  explicit MyPlugin(const OptionsType& given) : window_(given.window()) {}

  // [S, 1, *shape] -> the same: nothing is drawn, so there is one sample of each set.
  Tensor factors(const Tensor& logits, const Tensor&, double progress) const override {
    return kept(logits, progress);
  }

  // A step at zero; backward the identity, inside the window.
  Tensor kept(const Tensor& logits, double) const override {
    const Tensor bits = (logits > 0).to(logits.scalar_type());
    const Tensor through = window_ > 0 ? logits.clamp(-window_, window_) : logits;
    return bits + (through - through.detach());  // what is added is 0
  }

  bool draws() const override { return false; }

 private:
  double window_;
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.mask<MyPlugin>("my_plugin", "a step with the gradient of the identity")
      .paper("name the paper here");
}
