// What a mask does to each class: confusions, and their change against the control's.
#pragma once

#include <modhost/tensor.h>
#include <modhost/writer.h>

#include <cstdint>
#include <string>
#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

// Rows that sum to 1, of counts [classes, classes] by true class (row); zeros for a class without
// samples.
modhost::Tensor shares_of_rows(const modhost::Tensor& counts);

// How much recall the masks of a task that leaves out class `removed` have lost against the control
// (Csordas et al. 2021, the removal of classes of CIFAR-10). Shares of the control's recall.
struct RecallLoss {
  double removed = 0;       // of the class left out
  double worst_other = 0;   // of the other class that lost most; 0 when none lost
  std::string worst_class;  // its name; empty when none lost
};
// control, mask: counts [classes, classes]. A class that the control never recalls counts as not
// lost.
RecallLoss recall_loss(const modhost::Tensor& control, const modhost::Tensor& mask, int64_t removed,
                       const std::vector<std::string>& classes);

// The tables `confusion` and, with a control, `class_removal`; the latter also as scalars.
void write_confusions(modhost::RunWriter& writer, const Results& results,
                      const std::vector<std::string>& classes);

}  // namespace modhost_diffmask
