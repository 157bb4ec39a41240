// Some samples of a source, in an order of one's own, and several sources as one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "modhost/dataset.h"

namespace modhost {
inline namespace v1 {

// Sample i is sample indices[i] of `source`; an index may occur more than once. Groups and
// alternatives are those of `source`.
std::shared_ptr<const Source> subset(std::shared_ptr<const Source> source,
                                     std::vector<int64_t> indices);

// The samples of all parts, one part after the other; part i is the group names[i]. Samples of all
// parts have the same shapes.
std::shared_ptr<const Source> joined(std::vector<std::shared_ptr<const Source>> parts,
                                     std::vector<std::string> names);

}  // namespace v1
}  // namespace modhost
