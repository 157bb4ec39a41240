// Initial weights in modules of units.
#pragma once

#include <cstdint>

#include "modhost/model.h"
#include "modhost/unit_training.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Scales the model's present weights as ModularInit says. The modules depend on the seed and the
// names of the groups of units alone. Nothing for 0 modules. Error(config) where no unit has a
// weight to another.
void scale_modules(const ModelBase& model, const ModularInit& init, uint64_t seed);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
