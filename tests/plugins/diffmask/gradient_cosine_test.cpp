// Gradients with and without a mask, against finite differences and by hand.
#include "gradient_cosine.h"

#include <modhost/evaluate.h>
#include <modhost/mask.h>
#include <modhost/nn.h>

#include <catch2/catch.hpp>
#include <cmath>

using namespace modhost_diffmask;
using modhost::Batch;
using modhost::NamedTensors;
using modhost::Tensor;

namespace {

// Two layers in double.
class Net : public modhost::ModelBase {
 public:
  Net() : ModelBase({{modhost::Input::features, {4}, modhost::Output::classes, {3}}, nullptr}) {
    first_ = add<modhost::nn::Linear>("first", 4, 5);
    second_ = add<modhost::nn::Linear>("second", 5, 3);
    initialize(3);
    to(torch::kDouble);
    require_gradients(false);
  }
  Tensor forward(const Batch& batch) override { return second_(torch::tanh(first_(batch.input))); }

 private:
  modhost::nn::Linear first_, second_;
};

class Points : public modhost::Source {
 public:
  Points() {
    torch::manual_seed(2);
    x_ = torch::randn({230, 4}, torch::kDouble);
    y_ = torch::randint(0, 3, {230}, torch::kLong);
  }
  int64_t size() const override { return 230; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor at = torch::tensor(indices);
    return {x_.index_select(0, at), y_.index_select(0, at)};
  }

 private:
  Tensor x_, y_;
};

NamedTensors some_mask(const Net& net) {
  torch::manual_seed(5);
  NamedTensors out;
  for (const auto& parameter : net.parameters()) {
    out.emplace_back(parameter.name(),
                     (torch::rand(parameter.tensor().sizes()) < 0.6).to(torch::kUInt8));
  }
  return out;
}

double loss(Net& net, const Points& points, const NamedTensors& mask) {
  return evaluate(net, points, 1, hard_masks(net, {mask}), {}).front().loss;
}

}  // namespace

TEST_CASE("the gradient under a mask is that of finite differences", "[gradients]") {
  Net net;
  const Points points;
  const NamedTensors mask = some_mask(net);
  const modhost::StopSignal stop;
  const NamedTensors found = loss_gradient(net, points, mask, mask, 0, stop);
  for (const auto& parameter : net.parameters()) {
    INFO(parameter.name());
    const Tensor flat = parameter.tensor().view({-1});
    const Tensor gradient = modhost::find(found, parameter.name())->view({-1});
    for (int64_t i = 0; i < flat.numel(); ++i) {
      constexpr double kStep = 1e-5;
      const double before = flat[i].item<double>();
      flat[i] = before + kStep;
      const double above = loss(net, points, mask);
      flat[i] = before - kStep;
      const double below = loss(net, points, mask);
      flat[i] = before;
      CHECK(gradient[i].item<double>() == Approx((above - below) / (2 * kStep)).margin(1e-8));
    }
  }
}

TEST_CASE("cosines are those of the two gradients over the kept weights", "[gradients]") {
  Net net;
  const Points points;
  const NamedTensors mask = some_mask(net);
  const modhost::StopSignal stop;
  const auto cosines = gradient_cosines(net, points, mask, 200, stop);
  REQUIRE(cosines.size() == 3 * 5);  // 0, 1 and 2 layers; four parameters and the total
  for (size_t i = 0; i < 5; ++i) CHECK(cosines[i].cosine == Approx(1));
  CHECK(cosines[4].parameter == "total");

  const NamedTensors last{mask[2], mask[3]};
  const NamedTensors whole = loss_gradient(net, points, mask, {}, 200, stop);
  const NamedTensors masked = loss_gradient(net, points, mask, last, 200, stop);
  const Tensor kept = mask[0].second.to(torch::kBool);
  const Tensor a = whole[0].second.masked_select(kept), b = masked[0].second.masked_select(kept);
  CHECK(cosines[5].layers == 1);
  CHECK(cosines[5].parameter == "first.weight");
  CHECK(cosines[5].cosine == Approx((a.dot(b) / (a.norm() * b.norm())).item<double>()));
  CHECK(std::abs(cosines[5].cosine) < 0.9999);
}
