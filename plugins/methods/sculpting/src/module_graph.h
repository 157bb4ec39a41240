// Modules as the nodes of a graph.
#pragma once

#include <cstdint>
#include <vector>

#include "modules.h"

namespace modhost_sculpting {

// The module of each live unit, [layer][unit of the condensed network].
std::vector<std::vector<int64_t>> live_modules(const Detection& found);

// Edges with both ends in one module, over all edges; 0 without edges.
double inside_share(const Wired& live, const std::vector<std::vector<int64_t>>& modules);

// Of each module: 0 when no module that begins before it feeds it, otherwise one more than the
// largest of those.
std::vector<int64_t> levels_of(const Detection& found);

}  // namespace modhost_sculpting
