// Options of the residual networks.
#pragma once

#include <modhost/error.h>
#include <modhost/option.h>

#include <algorithm>

namespace modhost_resnet {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

struct ResNetOptions : Options {
  Option<int64_t> depth{*this, "depth", 20,
                        "weighted layers: 20, 32, 44, 56, 110 for small images; 18, 34, 50 as for "
                        "ImageNet, 50 with bottlenecks",
                        Paper{"He et al. 2016, arXiv:1512.03385"}};
  Option<std::string> stem{*this, "stem", "auto",
                           "how it begins. small: a 3x3 convolution; large: 7x7 of stride 2, then "
                           "3x3 max pooling of stride 2; auto: large for depths 18, 34 and 50",
                           Choices{{"auto", "small", "large"}}};
  Option<int64_t> width{*this, "width", 0,
                        "channels of the first group, doubled in each later one; 0: the paper's, "
                        "16 or 64",
                        AtLeast{0}};

  void validate() const override {
    const std::vector<int64_t> known{18, 20, 32, 34, 44, 50, 56, 110};
    const bool found = std::find(known.begin(), known.end(), depth()) != known.end();
    check(found, ErrorCode::config,
          "option 'model.depth': there is no residual network of depth " + std::to_string(depth()) +
              "; there are 20, 32, 44, 56, 110 and 18, 34, 50");
  }
};

}  // namespace modhost_resnet
