// Classes, tasks and splits of the samples of an .npz file.
#pragma once

#include <modhost/npz.h>

#include <filesystem>
#include <vector>

#include "annotations.h"
#include "npz_arrays.h"

namespace modhost_own_data {

// Reads all arrays of `parts` but the inputs, and the targets only when they are classes.
// Error(data) names array and row.
Annotations read_npz_notes(const std::filesystem::path& file, const std::vector<NpzPart>& parts,
                           const NpzOptions& options, bool classes);

}  // namespace modhost_own_data
