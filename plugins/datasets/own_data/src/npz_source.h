// Samples of an .npz file in memory, as they lie in the file, and as numbers when they are loaded.
#pragma once

#include <modhost/dataset.h>
#include <modhost/signature.h>
#include <modhost/tensor.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "annotations.h"
#include "npz_arrays.h"
#include "npz_form.h"

namespace modhost_own_data {

// Reads inputs and, unless there are labels in `notes` targets.
// Scaling is measured over the training samples. Error(data) for a number that is not finite.
std::shared_ptr<const modhost::Source> read_npz_source(
    const std::filesystem::path& file, const std::vector<NpzPart>& parts, const NpzForm& form,
    const std::shared_ptr<const Annotations>& notes);

}  // namespace modhost_own_data
