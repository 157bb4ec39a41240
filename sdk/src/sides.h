// An option of one number for both directions, or two: height and width.
#pragma once

#include <string>
#include <vector>

#include "modhost/error.h"
#include "modhost/ops.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {
namespace detail {

inline ops::Sides sides(const std::string& kind, const Option<std::vector<int64_t>>& option) {
  const std::vector<int64_t>& values = option();
  if (values.size() == 1) return {values[0]};
  if (values.size() == 2) return {values[0], values[1]};
  throw Error(ErrorCode::config, "layer kind '" + kind + "', option '" + option.name() +
                                     "': " + option.value_text() + "; give one number or two");
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
