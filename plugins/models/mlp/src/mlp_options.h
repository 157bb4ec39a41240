// Options of the multi-layer perceptron.
#pragma once

#include <modhost/activation.h>
#include <modhost/option.h>

namespace modhost_mlp {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

struct MlpOptions : Options {
  Option<std::vector<int64_t>> hidden{
      *this,           "hidden",
      {800, 800, 256}, "width of each hidden layer; empty: a single linear layer",
      AtLeast{1},      Paper{"Csordas et al. 2021, arXiv:2010.02066"}};
  Option<std::string> activation{*this, "activation", "relu", "after each hidden layer",
                                 activations()};
  Option<std::string> output_activation{
      *this, "output_activation", "none",
      "after the last layer, for real values only: sigmoid for bits", activations()};
  Option<double> dropout{*this, "dropout", 0, "drop probability after each hidden layer",
                         Range{0, 1}};
  Option<bool> bias{*this, "bias", true, "add a bias in every layer"};
  Option<std::string> init{
      *this, "init", "default",
      "default: uniform within 1/sqrt(inputs), as PyTorch; the others have no bias at first. "
      "xavier_normal: with the gain of the activation, the last layer without; xavier_uniform: "
      "without gain, as Keras; kaiming_normal: variance 2/inputs in all layers",
      Choices{{"default", "xavier_normal", "xavier_uniform", "kaiming_normal"}}};
};

}  // namespace modhost_mlp
