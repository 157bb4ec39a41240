// Lists of integers in a script, such as strides and paddings.
#pragma once

#include <modhost/ops.h>

#include <cstdint>
#include <vector>

namespace modhost_torchscript {

using Lengths = std::vector<int64_t>;

// One length for both sides of a kernel, or one for each.
inline modhost::ops::Sides sides(const Lengths& lengths) {
  return lengths.size() == 1 ? modhost::ops::Sides(lengths[0])
                             : modhost::ops::Sides(lengths.at(0), lengths.at(1));
}

}  // namespace modhost_torchscript
