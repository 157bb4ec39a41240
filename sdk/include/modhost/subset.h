// Some samples of a source, in an order of one's own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "modhost/dataset.h"

namespace modhost {
inline namespace v1 {

// Sample i is sample indices[i] of `source`; an index may occur more than once. Groups are those of
// `source`.
std::shared_ptr<const Source> subset(std::shared_ptr<const Source> source,
                                     std::vector<int64_t> indices);

}  // namespace v1
}  // namespace modhost
