// Tables of how strongly inputs lead to outputs, and of how few units carry it.
#pragma once

#include <modhost/writer.h>

#include <optional>

#include "edge_products.h"

namespace modhost_sculpting {

// `reads` where it is known and has as many inputs and outputs as the network.
void report_products(modhost::RunWriter& writer, const Wired& wired,
                     const std::optional<Reads>& reads);

}  // namespace modhost_sculpting
