// Pictures of a network in its modules, as SVG.
#pragma once

#include <string>

#include "modules.h"

namespace modhost_sculpting {

// Live units in rows, inputs at the bottom; the units of a module in boxes of one colour, and
// edges. Of very many edges the strongest.
std::string network_drawing(const Detection& found);

// Modules in rows by their levels, what feeds below what is fed; widths of lines by edges.
std::string hierarchy_drawing(const Detection& found);

}  // namespace modhost_sculpting
