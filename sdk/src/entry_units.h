// Which entries of a parameter belong to which units.
#pragma once

#include "modhost/tensor.h"
#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// For each entry of the kernel's parameter the unit that it feeds and the one that it reads, int64,
// of the parameter's shape; -1: an entry that is no tap of this kernel.
struct EntryUnits {
  Tensor to, from;
};

// `shape`: of the parameter.
EntryUnits entry_units(const UnitKernel& kernel, at::IntArrayRef shape);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
