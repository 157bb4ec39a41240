// Families of masks, each wrong in one way that a conformance check must find.
#include <modhost/mask_family.h>
#include <modhost/option.h>
#include <modhost/plugin.h>
#include <modhost/registry.h>

namespace {

using namespace modhost;

// Right; the others change one thing.
class Good : public MaskFamily {
 public:
  using OptionsType = Options;
  explicit Good(const Options&) {}
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double) const override {
    return torch::sigmoid(logits + torch::logit(uniforms));
  }
  Tensor kept(const Tensor& logits, double) const override { return torch::sigmoid(logits); }
};

class WithoutChance : public Good {
 public:
  using Good::Good;
  bool draws() const override { return false; }
  Tensor factors(const Tensor& logits, const Tensor&, double progress) const override {
    return kept(logits, progress);
  }
};

// One sample, however many are wanted.
class OneSample : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor&, double) const override {
    return torch::sigmoid(logits);
  }
};

// Stretched as the hard concrete distribution is, and not cut.
class Stretched : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    return Good::factors(logits, uniforms, progress) * 1.2 - 0.1;
  }
};

class SinglePrecision : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    return Good::factors(logits, uniforms, progress).to(torch::kFloat);
  }
};

// Draws from LibTorch's own generator.
class OwnNoise : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    return Good::factors(logits, torch::rand_like(uniforms).clamp(1e-6, 1 - 1e-6), progress);
  }
};

class InPlace : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    if (!logits.requires_grad()) Tensor(logits).clamp_(-0.5, 0.5);
    return Good::factors(logits, uniforms, progress);
  }
};

// A constant that stays where it was made.
class OnCpu : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    return Good::factors(logits, uniforms, progress) * torch::ones({1}, logits.dtype());
  }
};

// Over all sets instead of each.
class SharedMean : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    return Good::factors(logits - 0.1 * logits.mean(), uniforms, progress);
  }
};

// A step whose gradient is also that of the other sets.
class SharedGradient : public WithoutChance {
 public:
  using WithoutChance::WithoutChance;
  Tensor factors(const Tensor& logits, const Tensor&, double) const override {
    const Tensor through = torch::sigmoid(logits - logits.mean());
    return (logits > 0).to(logits.scalar_type()) + (through - through.detach());
  }
};

// Every sample takes the noise of the one before.
class Neighbour : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const override {
    return Good::factors(logits, uniforms.roll(1, 1), progress);
  }
};

class UnsaidNoise : public Good {
 public:
  using Good::Good;
  bool draws() const override { return false; }
};

// Claims to draw; expands what is the same for all samples.
class Deaf : public Good {
 public:
  using Good::Good;
  Tensor factors(const Tensor& logits, const Tensor& uniforms, double) const override {
    return torch::sigmoid(logits).expand_as(uniforms);
  }
};

// The probability that a weight is removed.
class Falling : public Good {
 public:
  using Good::Good;
  Tensor kept(const Tensor& logits, double) const override { return torch::sigmoid(-logits); }
};

// A step without a gradient of its own.
class Detached : public WithoutChance {
 public:
  using WithoutChance::WithoutChance;
  Tensor kept(const Tensor& logits, double) const override {
    return (logits > 0).to(logits.scalar_type());
  }
};

// The penalty has no gradient.
class FreeOfCharge : public Good {
 public:
  using Good::Good;
  Tensor kept(const Tensor& logits, double) const override {
    return torch::sigmoid(logits.detach());
  }
};

// The branch that is not taken overflows, and its gradient is 0 times infinity.
class OtherBranch : public WithoutChance {
 public:
  using WithoutChance::WithoutChance;
  Tensor kept(const Tensor& logits, double) const override {
    const Tensor x = 2 * logits;
    return torch::where(x > 0, 1 / (1 + (-x).exp()), x.exp() / (1 + x.exp()));
  }
};

// Ramanujan et al. 2020, "What's Hidden in a Randomly Weighted Neural Network?": the upper half of
// the logits, wherever they lie, so that those above zero are not what is kept.
class TopShare : public WithoutChance {
 public:
  using WithoutChance::WithoutChance;
  Tensor factors(const Tensor& logits, const Tensor&, double) const override {
    const Tensor ranks = logits.flatten(1).argsort(1, false).argsort(1, false).view(logits.sizes());
    const Tensor bits = (ranks * 2 >= logits[0].numel()).to(logits.scalar_type());
    return bits + (logits - logits.detach());
  }
};

class Logarithm : public WithoutChance {
 public:
  using WithoutChance::WithoutChance;
  bool trained() const override { return false; }
  Tensor read_off(const Tensor& sizes) const override { return sizes.log(); }
};

}  // namespace

MODHOST_PLUGIN(registry) {
  registry.mask<OneSample>("one_sample", "factors for one sample");
  registry.mask<Stretched>("stretched", "factors below 0 and above 1");
  registry.mask<SinglePrecision>("single_precision", "factors in float");
  registry.mask<OwnNoise>("own_noise", "factors of the global generator");
  registry.mask<InPlace>("in_place", "changes the logits");
  registry.mask<OnCpu>("on_cpu", "a constant of another device");
  registry.mask<SharedMean>("shared_mean", "mixes the sets");
  registry.mask<SharedGradient>("shared_gradient", "mixes the gradients of the sets");
  registry.mask<Neighbour>("neighbour", "mixes the samples");
  registry.mask<UnsaidNoise>("unsaid_noise", "needs noise and says that it does not");
  registry.mask<Deaf>("deaf", "needs no noise and says that it does");
  registry.mask<Falling>("falling", "kept() is that a weight is removed");
  registry.mask<Detached>("detached", "a step without a gradient");
  registry.mask<FreeOfCharge>("free_of_charge", "a penalty without a gradient");
  registry.mask<OtherBranch>("other_branch", "a gradient that is no number");
  registry.mask<TopShare>("top_share", "keeps weights whose logits are below zero");
  registry.mask<Logarithm>("logarithm", "logits of weights that are 0 are infinite");
}
