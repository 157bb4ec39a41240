// A dict that Python pickled, with texts, numbers, lists of numbers and NumPy arrays in it: how
// some datasets are published. Nothing of the pickle is executed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "modhost/npz.h"

namespace modhost {
inline namespace v1 {

struct PickledOther {};  // anything else
using PickledEntry =
    std::variant<PickledOther, std::string, int64_t, std::vector<int64_t>, NpyArray>;

// Reads a pickle of protocol 2 to 5, of Python 2 or 3. `where` stands for it in messages.
// Error(data): damage, no dict, an array that its bytes do not fill. Memory is bounded by about 100
// bytes for each byte of the pickle.
std::map<std::string, PickledEntry> read_pickled_dict(std::string_view bytes,
                                                      const std::string& where);

}  // namespace v1
}  // namespace modhost
