// What is left behind: numbers, tables, sheets of pictures, and a few sentences.
#pragma once

#include <modhost/dataset.h>
#include <modhost/writer.h>

#include <string>
#include <vector>

#include "test_data.h"
#include "trial.h"

namespace modhost_featurevis {

void write_trials(modhost::RunWriter& writer, const std::vector<Trial>& trials);
void write_hypotheses(modhost::RunWriter& writer,
                      const std::vector<modhost::Hypothesis>& hypotheses);
void show_results(modhost::RunWriter& writer, const std::vector<Trial>& trials,
                  const std::vector<modhost::Hypothesis>& hypotheses, int64_t skipped);

// sheets/KIND-LAYER.png, of the trials of one layer; returns the name of the file.
std::string optimised_sheet(modhost::RunWriter& writer, const std::vector<Trial>& layer,
                            const InputRange& range);
std::string top_sheet(modhost::RunWriter& writer, const std::vector<Trial>& layer,
                      const InputRange& range, const modhost::Source& source);

// Receptive images of one sub-cluster and of random units, [channels, height, width].
struct Receptive {
  int64_t label = 0;
  modhost::Tensor own;
  std::vector<modhost::Tensor> random;
};
std::string receptive_sheet(modhost::RunWriter& writer, const std::string& layer,
                            const std::vector<Receptive>& images);

}  // namespace modhost_featurevis
