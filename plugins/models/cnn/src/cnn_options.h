// Options of the plain convolutional networks.
#pragma once

#include <modhost/activation.h>
#include <modhost/option.h>

namespace modhost_cnn {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

struct CnnOptions : Options {
  using Sizes = std::vector<int64_t>;

  Option<std::string> preset{
      *this, "preset", "cifar",
      "a network of a paper by name (see the README), or free: built from the options below",
      Choices{{"cifar",
               "cnn",
               "cnn_vgg",
               "mnist_cnn",
               "cifar10_6",
               "cifar10_6_bn",
               "vgg11",
               "vgg13",
               "vgg16",
               "vgg19",
               "vgg11_bn",
               "vgg13_bn",
               "vgg16_bn",
               "vgg19_bn",
               "imagenet_vgg11",
               "imagenet_vgg13",
               "imagenet_vgg16",
               "imagenet_vgg19",
               "imagenet_vgg11_bn",
               "imagenet_vgg13_bn",
               "imagenet_vgg16_bn",
               "imagenet_vgg19_bn",
               "free"}}};
  Option<bool> dropout{*this, "dropout", true, "false leaves out all dropout of the network"};

  // Of the preset free.
  Option<Sizes> channels{
      *this, "channels", {32, 64, 128}, "free: channels of each convolution", AtLeast{1}};
  Option<int64_t> kernel{*this, "kernel", 3,
                         "free: side of the kernels, odd; images keep their side", AtLeast{1}};
  Option<int64_t> pool{*this, "pool", 1,
                       "free: 2x2 max pooling after every so manyth convolution, 0: never",
                       AtLeast{0}};
  Option<bool> batch_norm{*this, "batch_norm", false,
                          "free: batch normalisation after each convolution"};
  Option<std::string> activation{*this, "activation", "relu",
                                 "free: after each convolution and hidden layer", activations()};
  Option<std::string> head{*this, "head", "mean",
                           "free: what the linear layers read: the mean over all positions, or all "
                           "positions one after another",
                           Choices{{"mean", "flatten"}}};
  Option<Sizes> hidden{
      *this, "hidden", {}, "free: widths of linear layers before the last", AtLeast{1}};
  Option<double> drop{*this, "drop", 0, "free: drop probability after each hidden linear layer",
                      Range{0, 1}};

  void validate() const override;
};

}  // namespace modhost_cnn
