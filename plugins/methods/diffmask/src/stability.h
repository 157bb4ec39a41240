// Masks of one task trained several times: how much of a mask is chance?
#pragma once

#include <modhost/writer.h>

#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

// How alike the masks of one task are, over all pairs. The pairs are not independent of each other,
// so deviations are given, not intervals.
struct Stability {
  int64_t pairs = 0;
  double iou = 0, iou_deviation = 0;
  double io_min = 0, io_min_deviation = 0;
  double random_io_min = 0;  // of random masks with as many weights in each parameter
};
Stability stability(const std::vector<modhost::NamedTensors>& masks);

// `results`: every mask, several for each task. The tables `repeats` (each mask) and `stability`
// (each task: means with 95 % intervals, and how alike its masks are), and the scalars
// masks_stability/TASK/iou of the study's code.
void write_repeats(modhost::RunWriter& writer, const Results& results);

}  // namespace modhost_diffmask
