// Two-layer networks, each wrong in one way that a conformance check must find.
#include <modhost/error.h>
#include <modhost/model.h>
#include <modhost/plugin.h>

#include <csignal>

namespace {

using namespace modhost;

constexpr int64_t kWidth = 6;

// y = out(relu(hidden(x))); what is wrong comes in between.
class TwoLayers : public Model<Options> {
 public:
  static Accepts accepts() { return {{Input::features}, {Output::classes}}; }
  explicit TwoLayers(const Build& build) : Model(build) {
    hidden_ = add<nn::Linear>("hidden", build.signature.input_size(), kWidth);
    out_ = add<nn::Linear>("out", kWidth, build.signature.output_size());
  }
  Tensor forward(const Batch& batch) override { return out_(between(hidden_(batch.input).relu())); }

 protected:
  virtual Tensor between(const Tensor& x) = 0;
  bool training() const { return hidden_->training(); }

 private:
  nn::Linear hidden_, out_;
};

// In training a part of the batch sees the mean of all parts.
class CrossTalk : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override { return training() ? x - x.mean(0) : x; }
};

// A layer that looks past the view at its own tensors.
class PastTheView : public Layer {
 public:
  PastTheView(bool weight, bool bias)
      : Layer("past_the_view", kWidth, kWidth), weight_plain_(weight), bias_plain_(bias) {
    weight_ = parameter("weight", {kWidth, kWidth}, init::kaiming_uniform(kWidth));
    bias_ = parameter("bias", {kWidth}, init::uniform(0.4));
    feeds({weight_, 0, 1});
    feeds({bias_, 0});
  }
  Tensor forward(const Tensor& x) override {
    return ops::linear(x, weight_plain_ ? WeightView(weight_.tensor()) : weight_.get(),
                       bias_plain_ ? WeightView(bias_.tensor()) : bias_.get());
  }

 private:
  bool weight_plain_, bias_plain_;
  Parameter weight_, bias_;
};

class MaskIgnored : public TwoLayers {
 public:
  explicit MaskIgnored(const Build& build) : TwoLayers(build) {
    middle_ = add<Handle<PastTheView>>("middle", true, false);
  }
  Tensor between(const Tensor& x) override { return middle_(x); }

 private:
  Handle<PastTheView> middle_;
};

class BiasLeftOut : public TwoLayers {
 public:
  explicit BiasLeftOut(const Build& build) : TwoLayers(build) {
    middle_ = add<Handle<PastTheView>>("middle", false, true);
  }
  Tensor between(const Tensor& x) override { return middle_(x); }

 private:
  Handle<PastTheView> middle_;
};

// The masks of a layer that the forward does not use.
class DeadSite : public TwoLayers {
 public:
  explicit DeadSite(const Build& build) : TwoLayers(build) {
    unused_ = add<nn::Linear>("unused", kWidth, kWidth);
  }
  Tensor between(const Tensor& x) override { return x; }

 private:
  nn::Linear unused_;
};

class FloatConstant : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override { return x + torch::full({kWidth}, 0.1); }
};

// Of the right type, but it stays where it was made.
class CpuConstant : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override { return x + offset_.to(x.scalar_type()); }

 private:
  Tensor offset_ = torch::ones({kWidth});
};

class RandomStart : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override { return x * scale_.to(x.options()); }

 private:
  Tensor scale_ = torch::rand({kWidth});
};

class BatchSize : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override { return x / static_cast<double>(x.size(0)); }
};

// A running mean that is no buffer.
class HiddenState : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override {
    if (training()) mean_ = 0.9 * mean_.to(x.options()) + 0.1 * x.detach().mean();
    return x - mean_.to(x.options());
  }

 private:
  Tensor mean_ = torch::zeros({1});
};

class WrongGradient : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override { return 2 * x.detach() - x; }  // x, but d/dx = -1
};

struct HeadOptions : Options {
  Option<int64_t> heads{*this, "heads", 4, "parts of the hidden layer", AtLeast{1}};
  void validate() const override {
    check(kWidth % heads() == 0, ErrorCode::config, "the heads do not divide the hidden layer");
  }
};
class BadDefault : public Model<HeadOptions> {
 public:
  static Accepts accepts() { return TwoLayers::accepts(); }
  explicit BadDefault(const Build& build) : Model(build) {
    out_ = add<nn::Linear>("out", build.signature.input_size(), build.signature.output_size());
  }
  Tensor forward(const Batch& batch) override { return out_(batch.input); }

 private:
  nn::Linear out_;
};

class Crashes : public TwoLayers {
 public:
  using TwoLayers::TwoLayers;
  Tensor between(const Tensor& x) override {
    std::raise(SIGSEGV);
    return x;
  }
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.model<CrossTalk>("cross_talk", "mixes the parts of a batch in training");
  registry.model<MaskIgnored>("mask_ignored", "a weight is used outside of its view");
  registry.model<BiasLeftOut>("bias_left_out", "a bias is used outside of its view");
  registry.model<DeadSite>("dead_site", "a layer is not used");
  registry.model<FloatConstant>("float_constant", "a float32 constant in the forward");
  registry.model<CpuConstant>("cpu_constant", "a tensor that stays on the CPU");
  registry.model<RandomStart>("random_start", "draws from the global generator");
  registry.model<BatchSize>("batch_size", "depends on the size of the batch");
  registry.model<HiddenState>("hidden_state", "a state that is not saved");
  registry.model<WrongGradient>("wrong_gradient", "a gradient of the wrong sign");
  registry.model<BadDefault>("bad_default", "defaults that are refused");
  registry.model<Crashes>("crashes", "dies in the forward");
}
