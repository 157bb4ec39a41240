// Tables, scalars and sentences about a set of trained masks.
#pragma once

#include <modhost/experiment.h>

#include <optional>
#include <string>
#include <vector>

namespace modhost_diffmask {

// One trained mask and how the network does under it. Accuracies are 0 .. 1.
struct MaskResult {
  std::string task;
  bool control = false;
  modhost::NamedTensors bits;
  double expected_sparsity = 0;

  struct On {  // one kind of data
    double unmasked = 0;
    double masked = 0;
    double inverse = 0;
  };
  On own;                   // the task's test data
  std::optional<On> other;  // the data it is compared with; the control has none
};

void write_results(modhost::RunWriter& writer, const std::vector<MaskResult>& results);

// The table and the sentences at the end of the run.
void show_results(modhost::RunWriter& writer, const std::vector<MaskResult>& results, double chance,
                  const std::string& unit);

}  // namespace modhost_diffmask
