// Families of masks against their papers' formulas, and under the weight ensemble.
#include <modhost/error.h>
#include <modhost/mask_family.h>
#include <modhost/registry.h>
#include <modhost/training_step.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

namespace {

const std::vector<std::string> kNames{"gumbel", "hard_concrete", "continuous_sparsification"};

double max_error(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

std::shared_ptr<const MaskFamily> family(const std::string& name, const OptionTable& given = {}) {
  Registry registry("test");
  register_builtin_masks(registry);
  const MaskEntry* entry = registry.find_mask(name);
  const auto options = entry->make_options();
  options->assign("mask", name, given);
  return entry->make(*options);
}

OptionValue number(double value) { return {value, "", false}; }

class Net : public ModelBase {
 public:
  explicit Net(torch::ScalarType type = torch::kDouble)
      : ModelBase({{Input::features, {6}, Output::classes, {3}}, nullptr}) {
    conv_ = add<nn::Conv1d>("conv", 2, 4, 3);
    lstm_ = add<nn::LstmCell>("lstm", 4, 5);
    out_ = add<nn::Linear>("out", 5, 3);
    initialize(1);
    to(type);
    require_gradients(false);
  }
  // [E*b, 6] -> [E*b, 3]: two channels of three, one step of a recurrent cell
  Tensor forward(const Batch& batch) override {
    const Tensor x = conv_(batch.input.view({-1, 2, 3})).squeeze(2);
    return out_(lstm_(x));
  }

 private:
  nn::Conv1d conv_;
  nn::LstmCell lstm_;
  nn::Linear out_;
};

}  // namespace

TEST_CASE("hard concrete gates are stretched, cut, and open as often as the L0 norm says",
          "[mask_family]") {
  // Louizos et al. 2018, equations 10 to 12: beta 2/3, gamma -0.1, zeta 1.1
  const auto gates = family("hard_concrete");
  const Tensor logit = torch::tensor({0.4}, torch::kDouble).view({1, 1, 1});
  const double u = 0.3;
  const double s = 1 / (1 + std::exp(-(std::log(u / (1 - u)) + 0.4) / (2.0 / 3)));
  const Tensor gate = gates->factors(logit, torch::full({1, 1, 1}, u, torch::kDouble), 0);
  CHECK(gate.item<double>() == Approx(1.2 * s - 0.1).epsilon(1e-12));

  constexpr int64_t kCount = 100001;
  const Tensor even = (torch::arange(kCount, torch::kDouble) + 0.5) / kCount;  // all uniforms
  for (const double l : {-3.0, -1.0, 0.0, 2.0}) {
    const Tensor logits = torch::full({1, 1, 1}, l, torch::kDouble);
    const Tensor all = gates->factors(logits, even.view({1, kCount, 1}), 0);
    CHECK(all.min().item<double>() >= 0);
    CHECK(all.max().item<double>() <= 1);
    const double open = (all > 0).to(torch::kDouble).mean().item<double>();
    CHECK(gates->kept(logits, 0).item<double>() == Approx(open).margin(2.0 / kCount));
  }
}

TEST_CASE("continuous sparsification grows from a sigmoid to a step", "[mask_family]") {
  const auto soft = family("continuous_sparsification", {{"sharpness", number(100)}});
  CHECK_FALSE(soft->draws());
  const Tensor logits = torch::tensor({-0.2, 0.1, 1.5}, torch::kDouble).view({1, 1, 3});
  CHECK(max_error(soft->factors(logits, {}, 0), torch::sigmoid(logits)) < 1e-15);
  CHECK(max_error(soft->factors(logits, {}, 0.5), torch::sigmoid(10 * logits)) < 1e-15);
  CHECK(max_error(soft->kept(logits, 1), (logits > 0).to(torch::kDouble)) < 1e-4);
}

TEST_CASE("magnitude masks keep the largest share, the first of equals", "[mask_family]") {
  const auto largest = family("magnitude", {{"share", number(0.5)}});
  CHECK_FALSE(largest->trained());
  const Tensor sizes = torch::tensor({{1.0, 3.0, 2.0}, {2.0, 0.5, 2.0}});
  const Tensor logits = largest->read_off(sizes);
  CHECK(torch::equal(logits > 0, torch::tensor({{0, 1, 1}, {1, 0, 0}}).to(torch::kBool)));
  CHECK((family("magnitude", {{"share", number(0)}})->read_off(sizes) > 0).sum().item<int>() == 0);
  CHECK((family("magnitude", {{"share", number(1)}})->read_off(sizes) > 0).sum().item<int>() == 6);

  Net net;
  const Masks masks(net, {{"*.weight*"}, {}, 2, 2, MaskUnit::weight, largest});
  for (const auto& [name, bits] : masks.bits(1)) {
    CHECK(bits.sum().item<int64_t>() == (bits.numel() + 1) / 2);
  }
}

TEST_CASE("the formula of the gumbel family is what the kernels draw", "[mask_family]") {
  torch::manual_seed(1);
  const Tensor logits = torch::randn({2, 5, 4}, torch::kDouble).set_requires_grad(true);
  const Tensor uniforms = torch::rand({6, 5, 4}, torch::kDouble).clamp(1e-6, 1 - 1e-6);
  const Tensor weight = torch::randn({5, 4}, torch::kDouble);
  MaskSampling given;
  given.samples = 3;
  given.noise.given = uniforms;
  const Tensor drawn = sample_masked(weight, logits, given);
  const Tensor formula =
      weight * gumbel_masks()->factors(logits.unsqueeze(1), uniforms.view({2, 3, 5, 4}), 0);
  CHECK(max_error(drawn, formula.flatten(0, 1)) < 1e-15);
  const Tensor direction = torch::randn_like(drawn);
  const auto slope = [&](const Tensor& of) {
    return torch::autograd::grad({of}, {logits}, {direction})[0];
  };
  CHECK(max_error(slope(drawn), slope(formula.flatten(0, 1))) < 1e-12);
}

TEST_CASE("every family does the same at once and one variant after the other", "[mask_family]") {
  const auto name = GENERATE(from_range(kNames));
  const auto unit = GENERATE(MaskUnit::weight, MaskUnit::unit);
  constexpr int64_t kSets = 2, kSamples = 3;
  Net net;
  const Masks masks(net, {{"*"}, {"out.bias"}, 0.2, kSets, unit, family(name)});
  MaskSampling sampling{kSamples, 1, Estimator::gumbel, {5, 2, {}}};
  sampling.progress = {0.25, 0.5};
  torch::manual_seed(3);
  const Batch batch{torch::randn({kSets * kSamples * 4, 6}, torch::kDouble),
                    torch::randint(0, 3, {kSets * kSamples * 4}, torch::kLong)};
  std::vector<Tensor> leaves;
  for (const auto& [group, logits] : masks.logits()) leaves.push_back(logits);
  const auto outcome = [&](const StepResult& step) {
    std::vector<Tensor> out = torch::autograd::grad({step.loss.sum()}, leaves);
    out.push_back(step.loss.detach());
    return out;
  };
  const auto together = outcome(mask_step(net, masks, sampling, batch));
  const auto alone = outcome(mask_step_by_passes(net, masks, sampling, batch));
  REQUIRE(together.size() == alone.size());
  for (size_t i = 0; i < together.size(); ++i) {
    // The state before the first step is zero, and with it what its weights do.
    const bool idle = i < leaves.size() && masks.logits()[i].first == "lstm.weight_hh";
    CHECK((together[i].abs().max().item<double>() > 0) != idle);
    CHECK(max_error(together[i], alone[i]) < 1e-14);
  }
}

TEST_CASE("a set of masks draws with its own key what it draws alone", "[mask_family]") {
  const auto name = GENERATE(from_range(kNames));
  Net net;
  const Masks both(net, {{"*"}, {}, 0.2, 2, MaskUnit::unit, family(name)});
  const Masks one(net, {{"*"}, {}, 0.2, 1, MaskUnit::unit, family(name)});
  MaskSampling sampling{4, 1, Estimator::gumbel, {0, 3, {}}};
  sampling.noise.set_keys = {7, 9};
  MaskSampling second = sampling;
  second.noise.set_keys = {9};
  const Variations of_both = both.sampled(sampling), of_one = one.sampled(second);
  for (const Parameter& parameter : net.parameters()) {
    const Tensor all = of_both.at(parameter.name())->apply(parameter.tensor());
    CHECK(
        torch::equal(all.narrow(0, 4, 4), of_one.at(parameter.name())->apply(parameter.tensor())));
  }
}

TEST_CASE("a mask of units keeps or removes all that feeds a unit", "[mask_family]") {
  Net net;
  const Masks masks(net, {{"*"}, {}, 0, 1, MaskUnit::unit, nullptr});
  CHECK(masks.logits().size() == 3);  // channels, hidden units, outputs
  CHECK(find(masks.logits(), "conv:out")->sizes() == std::vector<int64_t>{1, 4});
  CHECK(find(masks.logits(), "lstm:out")->sizes() == std::vector<int64_t>{1, 5});
  CHECK(masks.logits_of("lstm.weight_hh") == "lstm:out");
  CHECK(masks.weights() == net.parameter_count());
  {
    const torch::NoGradGuard no_grad;
    for (const auto& [name, logits] : masks.logits()) logits.fill_(1)[0][1] = -1;  // unit 1 goes
  }
  const NamedTensors bits = masks.bits();
  for (const auto& [name, kept] : bits) {
    const int64_t units = find(masks.logits(), masks.logits_of(name))->size(1);
    const Tensor rows = kept.view({kept.size(0) / units, units, -1});  // gates first
    CHECK(rows.select(1, 1).sum().item<int64_t>() == 0);
    CHECK(rows.sum().item<int64_t>() == kept.numel() / units * (units - 1));
  }
}

TEST_CASE("the gradient of a unit is that of all the weights which feed it", "[mask_family]") {
  // Continuous sparsification has no chance: a central difference of the loss is the truth.
  Net net;
  const Masks masks(net, {{"*"}, {}, 0.3, 1, MaskUnit::unit, family("continuous_sparsification")});
  torch::manual_seed(5);
  const Batch batch{torch::randn({8, 6}, torch::kDouble), torch::randint(0, 3, {8}, torch::kLong)};
  const auto loss = [&] { return mask_step(net, masks, MaskSampling{}, batch).loss; };
  std::vector<Tensor> leaves;
  for (const auto& [name, logits] : masks.logits()) leaves.push_back(logits);
  const auto gradients = torch::autograd::grad({loss()}, leaves);
  constexpr double kStep = 1e-5;
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < leaves.size(); ++i) {
    for (int64_t unit = 0; unit < leaves[i].size(1); ++unit) {
      Tensor entry = leaves[i][0][unit];
      entry += kStep;
      const double above = loss().item<double>();
      entry -= 2 * kStep;
      const double below = loss().item<double>();
      entry += kStep;
      CHECK(gradients[i][0][unit].item<double>() ==
            Approx((above - below) / (2 * kStep)).margin(1e-9));
    }
  }
}

TEST_CASE("factors of another shape than the weights are refused by name", "[mask_family]") {
  class Wrong : public MaskFamily {
    Tensor factors(const Tensor& logits, const Tensor&, double) const override {
      return logits.flatten();
    }
    Tensor kept(const Tensor& logits, double) const override { return logits; }
  };
  Net net;
  const Masks masks(net, {{"out.*"}, {}, 0, 1, MaskUnit::weight, std::make_shared<Wrong>()});
  const Batch batch{torch::randn({2, 6}, torch::kDouble), torch::zeros({2}, torch::kLong)};
  CHECK_THROWS_WITH(mask_step(net, masks, {2, 1, Estimator::gumbel, {}}, batch),
                    Catch::Contains("a mask family gives factors of shape [15]; expected [1, 2, "
                                    "then [3, 5]]"));
}
