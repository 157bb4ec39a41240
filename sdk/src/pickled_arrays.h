// NumPy arrays inside of pickles.
#pragma once

#include <string>
#include <variant>

#include "modhost/npz.h"
#include "pickled_calls.h"

namespace modhost {
inline namespace v1 {
namespace pickle {

// The array that a call of Function::array or array_of_buffer makes; a text, in words, for one that
// is not read (of objects, big-endian); Error(data) naming `where` when it is damaged.
std::variant<NpyArray, std::string> array_of(const Document& document, const Call& call,
                                             const std::string& where);

}  // namespace pickle
}  // namespace v1
}  // namespace modhost
