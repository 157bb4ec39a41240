// PyTorch's default for the bias of linear and convolution layers.
#pragma once

#include <cmath>

#include "modhost/parameter.h"

namespace modhost {
inline namespace v1 {
namespace detail {

inline Init fan_in_bound(int64_t fan_in) {
  return init::uniform(1 / std::sqrt(static_cast<double>(fan_in)));
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
