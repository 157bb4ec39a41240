#include "mask_families.h"

#include <algorithm>
#include <cmath>

#include "modhost/error.h"
#include "modhost/registry.h"

namespace modhost {
inline namespace v1 {

MaskFamily::~MaskFamily() = default;

Tensor MaskFamily::read_off(const Tensor&) const {
  throw Error(ErrorCode::internal, "a family of masks that are trained cannot be read off weights");
}

namespace {

// The Gumbel-sigmoid with a straight-through gradient (mask.h), by its formula at temperature 1;
// trainings use the SDK's kernels, which also know `tau` and the estimators.
class Gumbel : public MaskFamily {
 public:
  using OptionsType = Options;
  explicit Gumbel(const Options&) {}

  Tensor factors(const Tensor& logits, const Tensor& uniforms, double) const override {
    const Tensor soft = torch::sigmoid(logits + torch::logit(uniforms));
    return (soft > 0.5).to(soft.scalar_type()) + (soft - soft.detach());
  }
  Tensor kept(const Tensor& logits, double) const override { return torch::sigmoid(logits); }
  bool penalises_logits() const override { return true; }
};

struct HardConcreteOptions : Options {
  Option<double> temperature{*this,    "temperature",
                             2.0 / 3,  "of the concrete distribution",
                             Above{0}, Paper{"Louizos et al. 2018, section 4.1"}};
  Option<double> low{*this, "low", -0.1, "lower end of the stretched interval, below 0",
                     Paper{"Louizos et al. 2018, section 4.1"}};
  Option<double> high{*this, "high", 1.1, "its upper end, above 1",
                      Paper{"Louizos et al. 2018, section 4.1"}};
  void validate() const override {
    check(
        low() < 0 && high() > 1, ErrorCode::config,
        "options 'mask.low' and 'mask.high' must lie below 0 and above 1, so that gates can close "
        "and open fully");
  }
};

// Louizos, Welling, Kingma 2018, "Learning Sparse Neural Networks through L0 Regularization",
// equations 10 to 12: gates between 0 and 1 that are exactly 0 or 1 with probabilities above 0.
class HardConcrete : public MaskFamily {
 public:
  using OptionsType = HardConcreteOptions;
  explicit HardConcrete(const HardConcreteOptions& options)
      : temperature_(options.temperature()), low_(options.low()), high_(options.high()) {}

  Tensor factors(const Tensor& logits, const Tensor& uniforms, double) const override {
    const Tensor s = torch::sigmoid((logits + torch::logit(uniforms)) / temperature_);
    return (s * (high_ - low_) + low_).clamp(0, 1);
  }
  // That the gate is not 0 (equation 12): the sum is the expected L0 norm.
  Tensor kept(const Tensor& logits, double) const override {
    return torch::sigmoid(logits - temperature_ * std::log(-low_ / high_));
  }

 private:
  double temperature_, low_, high_;
};

struct ContinuousSparsificationOptions : Options {
  Option<double> sharpness{*this,
                           "sharpness",
                           200,
                           "factor of the logits at the end of the training; it is 1 in the first "
                           "epoch and grows by the same factor from epoch to epoch",
                           AtLeast{1},
                           Paper{"Savarese et al. 2020, section 4"}};
};

// Savarese, Silva, Maire 2020, "Winning the Lottery with Continuous Sparsification": no chance, a
// sigmoid that is made a step by annealing.
class ContinuousSparsification : public MaskFamily {
 public:
  using OptionsType = ContinuousSparsificationOptions;
  explicit ContinuousSparsification(const ContinuousSparsificationOptions& options)
      : sharpness_(options.sharpness()) {}

  Tensor factors(const Tensor& logits, const Tensor&, double progress) const override {
    return kept(logits, progress);
  }
  Tensor kept(const Tensor& logits, double progress) const override {
    return torch::sigmoid(std::pow(sharpness_, progress) * logits);
  }
  bool draws() const override { return false; }

 private:
  double sharpness_;
};

struct MagnitudeOptions : Options {
  Option<double> share{*this, "share", 0.1,
                       "share of the weights, or units, of each parameter that is kept",
                       Range{0, 1}};
};

// The largest weights of each parameter, as in magnitude pruning (Han et al. 2015): nothing is
// trained, and nothing depends on a task.
class Magnitude : public MaskFamily {
 public:
  using OptionsType = MagnitudeOptions;
  explicit Magnitude(const MagnitudeOptions& options) : share_(options.share()) {}

  Tensor factors(const Tensor& logits, const Tensor&, double progress) const override {
    return kept(logits, progress);
  }
  Tensor kept(const Tensor& logits, double) const override {
    return (logits > 0).to(logits.scalar_type());
  }
  bool draws() const override { return false; }
  bool trained() const override { return false; }
  // By rank, the first of equals before the others: above zero for as many as are kept.
  Tensor read_off(const Tensor& sizes) const override {
    const Tensor flat = sizes.flatten().to(torch::kCPU);
    const int64_t count = flat.numel();
    const auto keep = static_cast<double>(std::llround(share_ * static_cast<double>(count)));
    const Tensor order = std::get<1>(flat.sort(/*stable=*/true, 0, /*descending=*/true));
    const Tensor ranks = torch::empty({count}, flat.options());
    ranks.index_put_({order}, torch::arange(count, flat.options()));
    return (keep - 0.5 - ranks).view(sizes.sizes()).to(sizes.device());
  }

 private:
  double share_;
};

}  // namespace

bool detail::has_kernels(const MaskFamily& family) {
  return dynamic_cast<const Gumbel*>(&family) != nullptr;
}

std::shared_ptr<const MaskFamily> gumbel_masks() {
  static const auto family = std::make_shared<const Gumbel>(Options());
  return family;
}

void register_builtin_masks(Registry& registry) {
  registry.mask<Gumbel>("gumbel", "kept or not by chance, with the gradient of a relaxed choice")
      .paper("Csordas et al. 2021");
  registry.mask<HardConcrete>("hard_concrete", "gates by chance, under the expected L0 norm")
      .paper("Louizos et al. 2018");
  registry
      .mask<ContinuousSparsification>("continuous_sparsification",
                                      "a sigmoid without chance that is annealed to a step")
      .paper("Savarese et al. 2020");
  registry.mask<Magnitude>("magnitude", "the largest weights; not trained, the same for all tasks")
      .paper("Han et al. 2015");
}

}  // namespace v1
}  // namespace modhost
