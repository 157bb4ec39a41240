// One mask and how the network does under it.
#pragma once

#include <modhost/tensor.h>

#include <optional>
#include <string>
#include <vector>

#include "ablation.h"
#include "gradient_cosine.h"

namespace modhost_diffmask {

inline constexpr int64_t kHistogramBins = 500;  // as in the figure of Csordas et al. 2021

struct MaskResult {
  std::string task;
  bool control = false;
  int64_t repeat = 0;  // which of several trainings
  modhost::NamedTensors bits;
  double expected_sparsity = 0;
  std::vector<int64_t> histogram;  // of the keep probabilities

  // On one kind of data; accuracies are 0 .. 1.
  struct On {
    double unmasked = 0;
    double masked = 0;
    double inverse = 0;
  };
  On own;                   // the task's test data
  std::optional<On> other;  // the data it is compared with; the control has none

  // Half of the parameters under the mask, the rest whole, and the other way round.
  struct Halves {
    std::string name;  // "first", "random_1"
    double half = 0;
    double rest = 0;
  };
  std::vector<Halves> halves;  // of the control

  // All test data by true class (row) and predicted one, [classes, classes]; of classes.
  modhost::Tensor confusion;
  std::vector<int64_t> left_out;  // classes that the task's data do not hold

  // Of the test data by what samples ask for (row) and what is done, [asked, done] int64; where the
  // dataset tells alternatives.
  struct Answers {
    modhost::Tensor unmasked, masked, inverse;
  };
  std::optional<Answers> answers;

  std::vector<GradientCosine> cosines;  // where that was asked for

  // Its weights removed, and random ones, where that was asked for.
  std::optional<Ablation> ablation, other_ablation;
};

using Results = std::vector<MaskResult>;

// The masks of tasks, without the control.
inline std::vector<const MaskResult*> tasks_of(const Results& results) {
  std::vector<const MaskResult*> out;
  for (const MaskResult& result : results) {
    if (!result.control) out.push_back(&result);
  }
  return out;
}

// nullptr when there is none.
inline const MaskResult* control_of(const Results& results) {
  for (const MaskResult& result : results) {
    if (result.control) return &result;
  }
  return nullptr;
}

}  // namespace modhost_diffmask
