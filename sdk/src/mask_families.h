// Which family the SDK's kernels know.
#pragma once

#include "modhost/mask_family.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Is it the Gumbel-sigmoid, which sample_masked() and the fused operations draw?
bool has_kernels(const MaskFamily& family);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
