// What a layer says of an input that it cannot take.
#pragma once

#include <string>

#include "modhost/layer.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Error(shape): "layer 'out' (linear) takes [n, ..., 5]; it got [4, 6]". The type of the numbers is
// told where they are not of the kind wanted.
[[noreturn]] void refuse_input(const Layer& layer, const Tensor& x, const std::string& expected,
                               bool wants_tokens = false);

// x must hold real numbers and `fits`. `expected` makes the text of the shape that is wanted; it is
// called only for the error.
template <typename Text>
void check_input(const Layer& layer, const Tensor& x, bool fits, const Text& expected) {
  if (!fits || !x.is_floating_point()) refuse_input(layer, x, expected());
}

// The value of an option that a network defined in a file may leave to be found from the input.
// Error(config) when it is neither given nor found.
int64_t given(const std::string& kind, const Option<int64_t>& option);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
