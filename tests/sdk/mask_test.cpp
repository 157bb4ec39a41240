#include <modhost/error.h>
#include <modhost/mask.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

namespace {

double max_error(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

class Net : public ModelBase {
 public:
  Net() : ModelBase(Build{}) {
    first_ = add<nn::Linear>("first", 4, 3);
    second_ = add<nn::Linear>("second", 3, 2);
    initialize(1);
  }
  Tensor forward(const Batch& batch) override { return second_(torch::relu(first_(batch.input))); }

 private:
  nn::Linear first_, second_;
};

MaskSampling drawn(int64_t samples, double tau, MaskNoise noise) {
  return {samples, tau, Estimator::gumbel, std::move(noise)};
}

}  // namespace

TEST_CASE("a sampled mask has the slope and the bits of the published formula", "[mask]") {
  const double tau = GENERATE(1.0, 0.5, 2.0 / 3.0, 1.7);
  const int64_t sets = GENERATE(1, 3), samples = GENERATE(1, 4, 5);
  torch::manual_seed(4);
  const Tensor weight = torch::randn({6, 7}, torch::kDouble);
  const Tensor logits = torch::randn({sets, 6, 7}, torch::kDouble).set_requires_grad(true);
  const Tensor uniform = torch::rand({sets * samples, 6, 7}, torch::kDouble).clamp(1e-6, 1 - 1e-6);
  const Tensor direction = torch::randn({sets * samples, 6, 7}, torch::kDouble);

  const Tensor spread = logits.repeat_interleave(samples, 0);
  const Tensor soft = torch::sigmoid((spread + torch::logit(uniform)) / tau);
  const Tensor hard = (soft > 0.5).to(torch::kDouble);
  const Tensor expected = weight * ((hard - soft).detach() + soft);
  const Tensor masked = sample_masked(weight, logits, drawn(samples, tau, {0, 0, uniform}));

  CHECK(max_error(masked, weight * hard) == 0);
  const Tensor own = torch::autograd::grad({masked}, {logits}, {direction})[0];
  const Tensor truth = torch::autograd::grad({expected}, {logits}, {direction})[0];
  CHECK(max_error(own, truth) < 1e-12);
}

TEST_CASE("a bit is kept with probability sigmoid of its logit", "[mask]") {
  const double logit = GENERATE(-2.0, 0.0, 0.9, 3.0);
  constexpr int64_t kCount = 200000;
  const Tensor bits = sample_bits(torch::full({1, kCount}, logit), drawn(3, 1, {17, 5, {}}));
  const double p = 1 / (1 + std::exp(-logit));
  for (int64_t sample = 0; sample < 3; ++sample) {
    CHECK(std::abs(bits[sample].mean().item<double>() - p) < 5 * std::sqrt(p * (1 - p) / kCount));
  }
}

TEST_CASE("on a loss that is linear in a bit one estimator is unbiased, the other off by a formula",
          "[mask]") {
  // d/dl of E[bit] is sigmoid'(l). The mean slope of the relaxed bit at temperature 1 is d/dl E[s],
  // E[s] = r/(r-1) - r ln r/(r-1)^2 with r = exp(l), by integration over u.
  const double logit = GENERATE(-4.0, -1.0, 0.01, 2.0, 5.0);
  const auto relaxed_mean = [](double l) {
    const double r = std::exp(l);
    return r / (r - 1) - r * l / ((r - 1) * (r - 1));
  };
  constexpr int64_t kCount = 400000;
  const Tensor logits = torch::full({1, kCount}, logit, torch::kDouble).set_requires_grad(true);
  const Tensor one = torch::ones({kCount}, torch::kDouble);
  const auto mean_slope = [&](Estimator estimator) {
    const MaskSampling sampling{1, 1, estimator, {4, 2, {}}};
    const Tensor sum = sample_masked(one, logits, sampling).sum();
    return torch::autograd::grad({sum}, {logits})[0].mean().item<double>();
  };
  const double p = 1 / (1 + std::exp(-logit));
  CHECK(mean_slope(Estimator::mean) == Approx(p * (1 - p)).epsilon(1e-12));
  const double step = 1e-4;
  const double expected = (relaxed_mean(logit + step) - relaxed_mean(logit - step)) / (2 * step);
  // A slope lies in 0 .. 1/4, so its standard deviation is at most 1/8.
  CHECK(std::abs(mean_slope(Estimator::gumbel) - expected) < 5 * 0.125 / std::sqrt(kCount));
}

TEST_CASE("samples, steps and keys draw independently", "[mask]") {
  const Tensor logits = torch::zeros({1, 10000});
  const Tensor bits = sample_bits(logits, drawn(9, 1, {1, 1, {}}));
  const auto agreement = [](const Tensor& a, const Tensor& b) {
    return (a == b).to(torch::kDouble).mean().item<double>();
  };
  const double band = 5 * std::sqrt(0.25 / 10000);
  for (int64_t a = 0; a < 9; ++a) {
    for (int64_t b = a + 1; b < 9; ++b) CHECK(std::abs(agreement(bits[a], bits[b]) - 0.5) < band);
  }
  CHECK(std::abs(agreement(bits[0], sample_bits(logits, drawn(1, 1, {1, 2, {}}))[0]) - 0.5) < band);
  CHECK(std::abs(agreement(bits[0], sample_bits(logits, drawn(1, 1, {2, 1, {}}))[0]) - 0.5) < band);
  CHECK(torch::equal(bits, sample_bits(logits, drawn(9, 1, {1, 1, {}}))));
}

TEST_CASE("masks have the same bits and gradients at any number of threads", "[mask]") {
  torch::manual_seed(5);
  const Tensor weight = torch::randn({40000}),
               logits = torch::randn({2, 40000}).set_requires_grad(true);
  const int before = torch::get_num_threads();
  std::vector<Tensor> values, gradients;
  for (const int threads : {1, 2, 7}) {
    torch::set_num_threads(threads);
    const Tensor masked = sample_masked(weight, logits, drawn(3, 1, {8, 9, {}}));
    values.push_back(masked.detach());
    gradients.push_back(torch::autograd::grad({masked.square().sum()}, {logits})[0]);
  }
  torch::set_num_threads(before);
  for (int i = 1; i < 3; ++i) {
    CHECK(torch::equal(values[0], values[i]));
    CHECK(torch::equal(gradients[0], gradients[i]));
  }
}

TEST_CASE("extreme logits give certain bits and finite slopes", "[mask]") {
  const Tensor weight = torch::ones({4});
  const Tensor logits = torch::tensor({{-1e4F, -195.F, 195.F, 1e4F}}).set_requires_grad(true);
  const Tensor masked = sample_masked(weight, logits, drawn(8, 0.5, {3, 0, {}}));
  for (int64_t sample = 0; sample < 8; ++sample) {
    CHECK(torch::equal(masked[sample], torch::tensor({0.F, 0.F, 1.F, 1.F})));
  }
  CHECK(torch::autograd::grad({masked.sum()}, {logits})[0].isfinite().all().item<bool>());
}

TEST_CASE("all-ones and all-zeros masks keep and remove everything", "[mask]") {
  Net net;
  torch::manual_seed(6);
  const Batch batch{torch::randn({5, 4}), {}};
  const Tensor plain = net.forward(batch).detach();
  NamedTensors all;
  for (const Parameter& parameter : net.parameters()) {
    all.emplace_back(parameter.name(), torch::ones(parameter.tensor().sizes(), torch::kUInt8));
  }
  const EnsembleScope scope(net, 2, hard_masks(net, {all, inverted(all)}));
  const auto parts = net.forward(repeated(batch, 2)).chunk(2);
  CHECK(max_error(parts[0], plain) < 1e-6);
  CHECK(torch::equal(parts[1], torch::zeros_like(parts[1])));
}

TEST_CASE("globs select parameters and a pattern without a match is refused", "[mask]") {
  Net net;
  CHECK(Masks(net, {{"*"}, {}, 1}).names().size() == 4);
  CHECK(Masks(net, {{"*.weight"}, {}, 1}).names() ==
        std::vector<std::string>{"first.weight", "second.weight"});
  CHECK(Masks(net, {{"*"}, {"*.bias", "first.*"}, 1}).names() ==
        std::vector<std::string>{"second.weight"});
  CHECK_THROWS_AS(Masks(net, {{"third.*"}, {}, 1}), Error);
  CHECK_THROWS_WITH(Masks(net, {{"*"}, {"*"}}), "no parameter is left to be masked");
  CHECK(glob_match("a*b?d", "axxbcd"));
  CHECK_FALSE(glob_match("a*b?d", "axxbd"));
  CHECK(glob_match("**", ""));
}

TEST_CASE("training masks moves logits and leaves the weights alone", "[mask]") {
  Net net;
  NamedTensors before;
  for (const auto& [name, tensor] : net.state()) before.emplace_back(name, tensor.clone());
  Masks masks(net, {{"*"}, {}, 0.5, 2});
  CHECK(masks.weights() == 4 * 3 + 3 + 3 * 2 + 2);
  torch::manual_seed(7);
  const EnsembleScope scope(net, 6, masks.sampled(drawn(3, 1, {11, 0, {}})));
  net.forward({torch::randn({12, 4}), {}}).square().sum().backward();
  for (const auto& [name, logits] : masks.logits()) {
    CHECK(logits.grad().abs().sum().item<double>() > 0);
  }
  for (const auto& [name, tensor] : before) CHECK(torch::equal(tensor, *find(net.state(), name)));
}
