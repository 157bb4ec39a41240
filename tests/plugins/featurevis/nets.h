// Small networks whose units are looked at.
#pragma once

#include <modhost/random.h>

#include <memory>

#include "input_basis.h"
#include "unit_nets.h"

namespace modhost_featurevis::test {

using namespace modhost;        // NOLINT: for tests
using namespace modhost::test;  // NOLINT

inline Tensor normals(const std::vector<int64_t>& shape, uint64_t seed) {
  RandomStream random(seed);
  Tensor out = torch::empty(shape, torch::kDouble);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_ptr<double>()[i] = random.normal();
  return out;
}

// Every parameter and statistic away from its initial value, in evaluation mode.
inline void stir(Net& net, double size, torch::ScalarType type) {
  net.to(type);
  uint64_t seed = 100;
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : net.state()) {
    if (!tensor.is_floating_point()) continue;
    Tensor values = size * normals(tensor.sizes().vec(), ++seed);
    if (name.find("running_var") != std::string::npos) values = values.abs() + 0.5;
    tensor.copy_(values);
  }
  net.require_gradients(false);
  net.set_training(false);
}

// conv a, pool, relu; conv b, batch norm, relu; flatten, linear c, relu, linear d.
inline std::unique_ptr<Net> cnn(int64_t channels, torch::ScalarType type) {
  auto net = std::make_unique<Net>(of_images({channels, 8, 6}, 4));
  net->push<nn::Conv2dLayer>(0, {}, "a", channels, 5, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net->push<nn::MaxPool2dLayer>(0, {}, "pool", 2);
  net->push<nn::ActivationLayer>(0, {}, "relu_a", "relu");
  net->push<nn::Conv2dLayer>(0, {}, "b", 5, 6, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net->push<nn::BatchNorm2dLayer>(0, {}, "norm", 6);
  net->push<nn::ActivationLayer>(0, {}, "relu_b", "relu");
  net->push<nn::FlattenLayer>(0, {}, "flatten");
  net->push<nn::LinearLayer>(-1, {}, "c", 6 * 4 * 3, 7);
  net->push<nn::ActivationLayer>(-1, {}, "relu_c", "relu");
  net->push<nn::LinearLayer>(-1, {}, "d", 7, 4);
  stir(*net, 0.5, type);
  return net;
}

// linear a, relu (or none), linear b.
inline std::unique_ptr<Net> mlp(int64_t in, int64_t hidden, const std::string& activation) {
  auto net = std::make_unique<Net>(of_features(in, 3));
  net->push<nn::LinearLayer>(-1, {}, "a", in, hidden);
  net->push<nn::ActivationLayer>(-1, {}, "middle", activation);
  net->push<nn::LinearLayer>(-1, {}, "b", hidden, 3);
  stir(*net, 0.5, torch::kFloat);
  return net;
}

inline UnitNetwork all_groups(const ModelBase& model) {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  return unit_network(model, choice);
}

inline int64_t group_named(const UnitNetwork& network, const std::string& name) {
  for (size_t at = 0; at < network.groups.size(); ++at) {
    if (network.groups[at].name == name) return static_cast<int64_t>(at);
  }
  throw std::runtime_error("no group " + name);
}

// From -1 to 2 for each channel or feature.
inline InputBasis basis_of(const Signature& signature) {
  const bool image = signature.input == Input::image;
  const std::vector<int64_t> shape =
      image ? std::vector<int64_t>{signature.input_shape[0], 1, 1} : signature.input_shape;
  return InputBasis(signature, {torch::full(shape, -1.0, torch::kDouble),
                                torch::full(shape, 2.0, torch::kDouble)});
}

}  // namespace modhost_featurevis::test
