#include <modhost/loss.h>
#include <modhost/training_step.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost;

namespace {

class Net : public ModelBase {
 public:
  Net() : ModelBase({{Input::features, {5}, Output::classes, {3}}, nullptr}) {
    first_ = add<nn::Linear>("first", 5, 8);
    drop_ = add<nn::Dropout>("drop", 0.5);
    second_ = add<nn::Linear>("second", 8, 3);
    initialize(1);
    to(torch::kDouble);
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

double loss_of(const Net& net, const Tensor& output, const Batch& batch) {
  return loss_per_sample(net.signature(), output, batch).mean().item<double>();
}

}  // namespace

TEST_CASE("a mask step is the mean over the parts, each under its own sample and without dropout",
          "[training_step]") {
  constexpr int64_t kSets = 2, kSamples = 3, kRows = 4, kParts = kSets * kSamples;
  Net net;
  const Batch batch = some_batch(kParts * kRows);
  const Masks masks(net, {"*"}, {"second.bias"}, 0.3, kSets);
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
  CHECK(step.loss.item<double>() == Approx(sum / kParts).epsilon(1e-12));
  REQUIRE(step.numbers.size() == 1);
  CHECK(step.numbers[0].first == "accuracy");
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
