// Numbers of both directions, height and width, as options and LibTorch have them.
#pragma once

#include <string>
#include <vector>

#include "modhost/error.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// An option of one number for both directions, or two: height and width.
inline ops::Sides sides(const std::string& kind, const Option<std::vector<int64_t>>& option) {
  const std::vector<int64_t>& values = option();
  if (values.size() == 1) return {values[0]};
  if (values.size() == 2) return {values[0], values[1]};
  throw Error(ErrorCode::config, "layer kind '" + kind + "', option '" + option.name() +
                                     "': " + option.value_text() + "; give one number or two");
}

inline std::vector<int64_t> both(const ops::Sides& sides) { return {sides.height, sides.width}; }

}  // namespace detail
}  // namespace v1
}  // namespace modhost
