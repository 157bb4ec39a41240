// featurevis_tests "[speed]": CPU time of 20 inputs optimised together and one by one.
#include <ATen/Parallel.h>

#include <catch2/catch.hpp>
#include <ctime>
#include <iostream>

#include "ascent.h"
#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

namespace {

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::unique_ptr<Net> wide_mlp() {
  auto net = std::make_unique<Net>(of_images({3, 32, 32}, 10));
  net->push<nn::FlattenLayer>(0, {}, "flatten");
  net->push<nn::LinearLayer>(-1, {}, "a", 3072, 800);
  net->push<nn::ActivationLayer>(0, {}, "relu_a", "relu");
  net->push<nn::LinearLayer>(-1, {}, "b", 800, 800);
  net->push<nn::ActivationLayer>(0, {}, "relu_b", "relu");
  net->push<nn::LinearLayer>(-1, {}, "c", 800, 10);
  stir(*net, 0.05, torch::kFloat);
  return net;
}

// The convolutions of the network of Filan et al. 2021.
std::unique_ptr<Net> wide_cnn() {
  auto net = std::make_unique<Net>(of_images({1, 28, 28}, 10));
  const ops::Conv2dGeometry same{1, 1, 1, 1};
  net->push<nn::Conv2dLayer>(0, {}, "a", 1, 64, 3, same);
  net->push<nn::ActivationLayer>(0, {}, "relu_a", "relu");
  net->push<nn::Conv2dLayer>(0, {}, "b", 64, 64, 3, same);
  net->push<nn::MaxPool2dLayer>(0, {}, "pool_b", 2);
  net->push<nn::ActivationLayer>(0, {}, "relu_b", "relu");
  net->push<nn::Conv2dLayer>(0, {}, "d", 64, 64, 3, same);
  net->push<nn::MaxPool2dLayer>(0, {}, "pool_d", 2);
  net->push<nn::ActivationLayer>(0, {}, "relu_d", "relu");
  net->push<nn::FlattenLayer>(0, {}, "flatten");
  net->push<nn::LinearLayer>(-1, {}, "c", 64 * 49, 10);
  stir(*net, 0.05, torch::kFloat);
  return net;
}

}  // namespace

TEST_CASE("20 inputs together and one by one", "[.speed]") {
  at::set_num_threads(1);
  const auto first = wide_mlp(), second = wide_cnn();
  for (Net* net : {first.get(), second.get()}) {
    const UnitNetwork network = all_groups(*net);
    std::vector<Wish> wishes;
    for (uint64_t i = 0; i < 20; ++i) wishes.push_back({{0, 1, 2, 3, 4, 5}, i});
    for (const int64_t at_once : {20, 1, 20, 1}) {
      AscentPlan plan;
      plan.at_once = at_once;
      plan.full = false;
      const Ascent ascent(*net, network, basis_of(net->signature()), plan);
      const double begin = cpu_seconds();
      ascent(group_named(network, "b"), wishes, [](int64_t) {});
      std::cout << (net == first.get() ? "mlp " : "cnn ") << at_once
                << " at once: " << cpu_seconds() - begin << " s of CPU\n";
    }
  }
}
