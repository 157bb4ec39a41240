#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <modhost/error.h>
#include <modhost/loss.h>
#include <modhost/training_step.h>
#include <torch/utils.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

namespace {

class Net : public ModelBase {
 public:
  explicit Net(int64_t width = 8, torch::ScalarType type = torch::kDouble)
      : ModelBase({{Input::features, {5}, Output::classes, {3}}, nullptr}) {
    first_ = add<nn::Linear>("first", 5, width);
    drop_ = add<nn::Dropout>("drop", 0.5);
    second_ = add<nn::Linear>("second", width, 3);
    initialize(1);
    to(type);
  }
  Tensor forward(const Batch& batch) override { return second_(drop_(first_(batch.input))); }

 private:
  nn::Linear first_, second_;
  nn::Dropout drop_;
};

Batch some_batch(int64_t rows) {
  torch::manual_seed(3);
  return {torch::randn({rows, 5}, torch::kDouble), torch::randint(0, 3, {rows}, torch::kLong)};
}

// Loss, accuracy and gradients of all logits after a step of masks.
std::vector<Tensor> outcome(const Masks& masks, const StepResult& step) {
  std::vector<Tensor> out{step.loss.detach(), step.numbers.at(0).second}, leaves;
  for (const auto& [name, logits] : masks.logits()) leaves.push_back(logits);
  for (const Tensor& gradient : torch::autograd::grad({step.loss.sum()}, leaves))
    out.push_back(gradient);
  return out;
}

// The most bytes that tensors made in its life took at one time.
class PeakMemory : public c10::MemoryReportingInfoBase {
 public:
  bool memoryProfilingEnabled() const override { return true; }
  void reportMemoryUsage(void*, int64_t bytes, int64_t, int64_t, c10::Device) override {
    now_ += bytes;
    peak_ = std::max(peak_, now_);
  }
  int64_t peak() const { return peak_; }

 private:
  int64_t now_ = 0, peak_ = 0;
};

template <typename Work>
double peak_bytes(const Work& work) {
  const auto memory = std::make_shared<PeakMemory>();
  const c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, memory);
  work();
  return static_cast<double>(memory->peak());
}

double loss_of(const Net& net, const Tensor& output, const Batch& batch) {
  return loss_per_sample(net.signature(), output, batch).mean().item<double>();
}

}  // namespace

TEST_CASE("a mask step is the mean over the parts, each under its own sample and without dropout",
          "[training_step]") {
  constexpr int64_t kSets = 2, kSamples = 3, kRows = 4, kParts = kSets * kSamples;
  Net net;
  const Batch batch = some_batch(kParts * kRows);
  const Masks masks(net, {{"*"}, {"second.bias"}, 0.3, kSets});
  const MaskSampling sampling{kSamples, 1, Estimator::gumbel, {11, 7, {}}};
  const StepResult step = mask_step(net, masks, sampling, batch);

  // The bits of the step, taken from all-ones weights, make fixed masks for single passes.
  const Variations drawn = masks.sampled(sampling);
  double sum = 0;
  net.set_training(false);
  for (int64_t part = 0; part < kParts; ++part) {
    NamedTensors bits;
    for (const auto& [name, logits] : masks.logits()) {
      const Tensor ones = torch::ones_like(logits.detach()[0]);
      bits.emplace_back(name, drawn.at(name)->apply(ones).detach()[part]);
    }
    const EnsembleScope scope(net, 1, hard_masks(net, {bits}));
    const Batch own{batch.input.narrow(0, part * kRows, kRows),
                    batch.target.narrow(0, part * kRows, kRows)};
    sum += loss_of(net, net.forward(own), own);
  }
  REQUIRE(step.loss.sizes() == std::vector<int64_t>{kSets});
  CHECK(step.loss.mean().item<double>() == Approx(sum / kParts).epsilon(1e-12));
  REQUIRE(step.numbers.size() == 1);
  CHECK(step.numbers[0].first == "accuracy");
}

TEST_CASE("one pass for each mask sample gives the step of all samples at once",
          "[training_step]") {
  // Float32 takes the fused kernels, 9 samples more than one group of random words.
  const auto type = GENERATE(torch::kDouble, torch::kFloat);
  const auto estimator = GENERATE(Estimator::gumbel, Estimator::mean);
  const auto [sets, samples] = GENERATE(std::pair{1, 1}, std::pair{1, 9}, std::pair{2, 3});
  const double tau = GENERATE(1.0, 1.7);
  Net net(40, type);
  net.require_gradients(false);
  const Batch batch = some_batch(sets * samples * 4).to(type);
  const Masks masks(net, {{"*"}, {"first.bias"}, 0.3, sets});
  const MaskSampling sampling{samples, tau, estimator, {11, 7, {}}};
  const auto together = outcome(masks, mask_step(net, masks, sampling, batch));
  const auto alone = outcome(masks, mask_step_by_passes(net, masks, sampling, batch));
  REQUIRE(alone.size() == together.size());
  for (size_t i = 0; i < alone.size(); ++i) {
    INFO("number " << i);
    const double size = together[i].abs().max().item<double>();
    const double error = (alone[i] - together[i]).abs().max().item<double>();
    CHECK(size > 0);
    CHECK(error <= (type == torch::kDouble ? 1e-14 : 1e-6) * size);
  }
  CHECK_THROWS_AS(mask_step_by_passes(net, masks, {samples + 100, 1, estimator, {}}, batch), Error);
}

TEST_CASE("each set of masks with a key of its own does what it does alone", "[training_step]") {
  const auto type = GENERATE(torch::kDouble, torch::kFloat);
  const auto step_of = GENERATE(mask_step, mask_step_by_passes);
  Net net(40, type);
  net.require_gradients(false);
  constexpr int64_t kRows = 12;
  const Batch batch = some_batch(2 * kRows).to(type);
  const Masks both(net, {{"*"}, {}, 0.3, 2});
  MaskSampling sampling{3, 1, Estimator::gumbel, {0, 7, {}, {11, 12}}};
  const StepResult together = step_of(net, both, sampling, batch);
  together.loss.sum().backward();
  for (int64_t set = 0; set < 2; ++set) {
    const Masks alone(net, {{"*"}, {}, 0.3});
    sampling.noise.set_keys = {uint64_t(11 + set)};
    const Batch own{batch.input.narrow(0, set * kRows, kRows),
                    batch.target.narrow(0, set * kRows, kRows)};
    const StepResult single = step_of(net, alone, sampling, own);
    single.loss.backward();
    CHECK(together.loss[set].item<double>() == Approx(single.loss.item<double>()).epsilon(1e-6));
    for (size_t i = 0; i < alone.logits().size(); ++i) {
      const Tensor here = both.logits()[i].second.grad()[set];
      const Tensor there = alone.logits()[i].second.grad()[0];
      CHECK((here - there).abs().max().item<double>() <= 1e-6 * there.abs().max().item<double>());
    }
  }
  sampling.noise.set_keys = {1, 2, 3};
  CHECK_THROWS_WITH(mask_step(net, both, sampling, batch), Catch::Contains("3 keys of noise"));
}

TEST_CASE("noise that is given reaches each pass", "[training_step]") {
  Net net;
  net.require_gradients(false);
  const Batch batch = some_batch(12);
  const Masks masks(net, {{"first.weight"}, {}, 0.3});
  const MaskSampling sampling{3, 1, Estimator::gumbel, {0, 0, torch::rand({3, 8, 5})}};
  const auto together = outcome(masks, mask_step(net, masks, sampling, batch));
  const auto alone = outcome(masks, mask_step_by_passes(net, masks, sampling, batch));
  CHECK((alone[2] - together[2]).abs().max().item<double>() < 1e-15);
}

TEST_CASE("one pass for each mask sample needs a fraction of the memory", "[training_step]") {
  constexpr int64_t kSamples = 16;
  Net net(3000);
  net.require_gradients(false);
  const Batch batch = some_batch(kSamples * 4);
  const Masks masks(net, {{"*"}, {}, 0.3});
  const MaskSampling sampling{kSamples, 1, Estimator::gumbel, {11, 7, {}}};
  const auto run = [&](auto step) {
    return peak_bytes([&] { step(net, masks, sampling, batch).loss.backward(); });
  };
  const double together = run(mask_step);
  CHECK(run(mask_step_by_passes) < together / 4);
}

TEST_CASE("a step of the network drops units as its noise says", "[training_step]") {
  Net net;
  const Batch batch = some_batch(8);
  const double loss = network_step(net, batch, {{5}, 2}).loss.item<double>();
  CHECK(network_step(net, batch, {{5}, 2}).loss.item<double>() == loss);
  CHECK(network_step(net, batch, {{5}, 3}).loss.item<double>() != loss);
  net.set_training(false);
  CHECK(loss_of(net, net.forward(batch), batch) != loss);
}
