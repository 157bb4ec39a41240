// Units are seen where they are.
#include "unit_sight.h"

#include <torch/autograd.h>

#include <catch2/catch.hpp>
#include <map>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

namespace {

// What each layer puts out.
class Outputs : public LayerObserver {
 public:
  void saw(const Layer& layer, const std::string& group, const Tensor& value) override {
    if (group == "out") all[layer.name()] = value.clone();
  }
  std::map<std::string, Tensor> all;
};

Tensor seen(Net& net, const std::string& group, Moment moment, const Tensor& input) {
  const UnitNetwork network = all_groups(net);
  UnitSight sight({place_of(net, network, group_named(network, group), moment)}, input.size(0));
  net.forward({input});
  return sight.values(0);
}

}  // namespace

TEST_CASE("units before and after the nonlinearity", "[unit_sight]") {
  const auto net = cnn(2, torch::kDouble);
  const Tensor input = normals({3, 2, 8, 6}, 9);
  std::map<std::string, Tensor> out;
  {
    Outputs outputs;
    net->forward({input});
    out = outputs.all;
  }
  const auto over = [](const Tensor& maps) { return maps.mean({2, 3}); };
  CHECK(largest(seen(*net, "a", Moment::before, input), over(out["a"])) < 1e-14);
  CHECK(largest(seen(*net, "a", Moment::after, input), over(out["relu_a"])) < 1e-14);
  CHECK(largest(seen(*net, "b", Moment::before, input), over(out["norm"])) < 1e-14);
  CHECK(largest(seen(*net, "b", Moment::after, input), over(out["relu_b"])) < 1e-14);
  CHECK(largest(seen(*net, "c", Moment::before, input), out["c"]) < 1e-14);
  CHECK(largest(seen(*net, "c", Moment::after, input), out["relu_c"]) < 1e-14);
}

TEST_CASE("a normalisation after the activation is no part of it", "[unit_sight]") {
  Net net(of_images({1, 4, 4}, 2));
  net.push<nn::Conv2dLayer>(0, {}, "a", 1, 3, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::ActivationLayer>(0, {}, "relu", "relu");
  net.push<nn::BatchNorm2dLayer>(0, {}, "norm", 3);
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  net.push<nn::LinearLayer>(-1, {}, "b", 48, 2);
  stir(net, 1, torch::kDouble);
  const Tensor input = normals({2, 1, 4, 4}, 3);
  Outputs outputs;
  net.forward({input});
  CHECK(largest(seen(net, "a", Moment::before, input), outputs.all["a"].mean({2, 3})) < 1e-14);
  CHECK(largest(seen(net, "a", Moment::after, input), outputs.all["relu"].mean({2, 3})) < 1e-14);
}

TEST_CASE("units of a sum are seen where it is read", "[unit_sight]") {
  Net net(of_features(4, 2));
  net.push<nn::LinearLayer>(-1, {}, "a", 4, 5);
  net.push<nn::LinearLayer>(-1, {}, "b", 5, 5);
  net.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 5, 2);
  stir(net, 1, torch::kDouble);
  const UnitNetwork network = all_groups(net);
  const Tensor input = normals({3, 4}, 3);
  Outputs outputs;
  net.forward({input});
  const Tensor sum = outputs.all["a"] + outputs.all["b"];
  int64_t sums = 0;
  for (size_t at = 0; at < network.groups.size(); ++at) {
    if (network.writers[at].size() < 2) continue;
    ++sums;
    for (const Moment moment : {Moment::before, Moment::after}) {
      UnitSight sight({place_of(net, network, static_cast<int64_t>(at), moment)}, 3);
      net.forward({input});
      CHECK(largest(sight.values(0), sum) < 1e-14);
    }
  }
  CHECK(sums == 1);
}

TEST_CASE("units are seen before they are overwritten", "[unit_sight]") {
  Net net(of_images({1, 4, 4}, 2));
  const auto a = net.push<nn::Conv2dLayer>(0, {}, "a", 1, 3, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  const auto b = net.push<nn::LinearLayer>(-1, {}, "b", 48, 5);
  const auto c = net.push<nn::LinearLayer>(-1, {}, "c", 5, 2);
  stir(net, 1, torch::kDouble);
  const Handle<nn::Conv2dLayer> first(a);
  const Handle<nn::LinearLayer> second(b), third(c);
  net.run = [&](const Tensor& x) { return third(second(first(x).relu_().flatten(1)).relu_()); };
  const UnitNetwork network = all_groups(net);
  for (const std::string name : {"a", "b"}) {
    const int64_t group = group_named(network, name);
    Tensor input = normals({2, 1, 4, 4}, 3).requires_grad_(true);
    UnitSight sight({place_of(net, network, group, Moment::before)}, 2);
    net.forward({input});
    const Tensor values = sight.values(0);
    const Tensor maps =
        torch::conv2d(input, *find(net.state(), "a.weight"), *find(net.state(), "a.bias"), 1, 1);
    const Tensor units = torch::linear(torch::relu(maps).flatten(1), *find(net.state(), "b.weight"),
                                       *find(net.state(), "b.bias"));
    const Tensor expected = name == "a" ? maps.mean({2, 3}) : units;
    CHECK(expected.min().item<double>() < 0);
    CHECK(largest(values, expected) < 1e-14);
    const Tensor found = torch::autograd::grad({values.abs().sum()}, {input}).front();
    const Tensor slope = torch::autograd::grad({expected.abs().sum()}, {input}).front();
    CHECK(largest(found, slope) < 1e-13);
  }
}
