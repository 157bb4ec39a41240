// Numbers as a person reads them.
#pragma once

#include <cstdint>
#include <string>

namespace modhost {
inline namespace v1 {

// "1,000,000"
std::string count_text(int64_t count);

}  // namespace v1
}  // namespace modhost
