// Networks as lists of steps: what is built, without how.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cnn_options.h"

namespace modhost_cnn {

struct Step {
  enum class Kind { conv, norm, activation, pool, dropout, linear };
  Kind kind;
  int64_t size = 0;          // channels or features put out
  int64_t kernel = 3;        // of a convolution
  int64_t padding = 1;       // of a convolution
  double p = 0;              // of dropout
  std::string name{"relu"};  // of an activation
};

// How the weights start. The biases of all but the first are 0 (of he_fan_out those of
// convolutions), and the linear layers of he_fan_out are PyTorch's, of torchvision normal with
// deviation 0.01.
enum class Start { pytorch, xavier_uniform, he_fan_out, torchvision };

struct Plan {
  std::vector<Step> features;    // of channels, called features.0, features.1, ...
  bool mean = false;             // over all positions in between; else they are flattened
  std::vector<Step> classifier;  // of features, called classifier.0, ...; the last puts out classes
  std::string output_name;       // of the last layer where it is another
  Start start = Start::pytorch;
  double norm_eps = 1e-5;
  double norm_momentum = 0.1;
};

Plan plan_of(const CnnOptions& options, int64_t classes);

}  // namespace modhost_cnn
