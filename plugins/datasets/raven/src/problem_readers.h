// Where the pixels of problems come from.
#pragma once

#include <modhost/image_source.h>

#include <memory>
#include <vector>

#include "official_folder.h"
#include "task_set.h"

namespace modhost::raven {

// Draws problem after problem; the configurations take turns.
std::unique_ptr<ImageReader> generated_problems(const TaskSet& set, Split split, int64_t count,
                                                int64_t side, uint64_t seed);

// Reads official files, resampled when they have 160 pixels and another side is wanted.
std::unique_ptr<ImageReader> read_problems(std::vector<ProblemFile> files, int64_t side);

// The same problems with rows and columns of each panel swapped.
std::unique_ptr<ImageReader> transposed(std::unique_ptr<ImageReader> reader, int64_t side);

}  // namespace modhost::raven
