// Which units of one tensor another tensor depends on.
#pragma once

#include <modhost/model.h>

#include <cstdint>

namespace modhost_torchscript {

using modhost::Tensor;

// A tensor whose dimension `axis` counts units.
struct UnitView {
  static constexpr int64_t kEveryEntry = -100;  // all entries of a row (dimension 0) are units
  Tensor tensor;
  int64_t axis = -1;
  int64_t units = 0;
};

// Pairs (unit of `writer`, unit of `reader`) such that an entry of the one has a part in an entry
// of the other; writer.tensor is a leaf that requires gradients. Which entries depend on which is
// asked of derivatives, so a unit that is silent on the sample has no pairs. Empty when
// reader.tensor is not computed from writer.tensor.
modhost::joint::Pairs related_units(const UnitView& writer, const UnitView& reader, uint64_t seed);

}  // namespace modhost_torchscript
