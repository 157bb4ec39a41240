// Which operation a network does on a sample, whatever the sample asks for (Csordas et al. 2021,
// the confusion of addition and multiplication).
#pragma once

#include <modhost/dataset.h>
#include <modhost/writer.h>

#include <string>
#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

// The rows and columns of MaskResult::Answers.
struct AnswerKinds {
  std::vector<std::string> asked;  // what samples ask for: their groups, or "all"
  std::vector<int64_t> samples;    // that ask for it
  std::vector<std::string> done;   // Source::alternatives(), then "none"
};
// Of the first `limit` samples; 0: of all.
AnswerKinds answer_kinds(const modhost::Source& source, int64_t limit);

// The table `operations`, in shares of the samples that ask for something, and the scalars
// confusion/MASK/ASKED/DONE, the same of its inverse below inverse_mask_test/MASK/, and of the
// whole network below validation/iid/. An answer that is right under two operations counts in both;
// the scalars are shares of the sum of a row instead, as the figures of the study have it. Nothing
// is written when no result has answers.
void write_operations(modhost::RunWriter& writer, const Results& results, const AnswerKinds& kinds);

}  // namespace modhost_diffmask
