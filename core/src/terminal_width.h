// How much room there is for text.
#pragma once

#include <cstddef>
#include <optional>

namespace modhost::core {

// The columns of the terminal behind a descriptor; nothing when there is no terminal.
std::optional<size_t> terminal_width(int descriptor);

// The width to which sentences on stdout are broken: that of the terminal, but no wider than is
// good to read, and 80 where there is no terminal.
size_t reading_width();

}  // namespace modhost::core
