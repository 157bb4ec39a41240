// Which operation a network does on a sample, whatever the sample asks for (Csordas et al. 2021,
// the confusion of addition and multiplication).
#pragma once

#include <modhost/dataset.h>
#include <modhost/writer.h>

#include <string>
#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

// What the rows and columns of MaskResult::Answers are called.
struct AnswerNames {
  std::vector<std::string> asked;  // what samples ask for: their groups, or "all"
  std::vector<std::string> done;   // Source::alternatives(), then "none"
};
AnswerNames answer_names(const modhost::Source& source);

// The table `operations` and the scalars confusion/MASK/ASKED/DONE, the same of its inverse below
// inverse_mask_test/MASK/, and of the whole network below validation/iid/. Shares are of the sum of
// a row, as in the study: an answer that is right under two operations counts in both. Nothing is
// written when no result has answers.
void write_operations(modhost::RunWriter& writer, const Results& results, const AnswerNames& names);

}  // namespace modhost_diffmask
