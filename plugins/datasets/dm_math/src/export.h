// Generated questions in the layout of the published collection.
#pragma once

#include <cstdint>
#include <filesystem>

#include "generator.h"

namespace modhost_dm_math {

// Writes DIR/mathematics_dataset-v1.0/PART/MODULE.txt for all generated modules, and the same as
// DIR/mathematics_dataset-v1.0.tar.gz. Error(io) when something cannot be written.
void export_generated(const std::filesystem::path& folder, const Counts& counts, uint64_t seed);

}  // namespace modhost_dm_math
