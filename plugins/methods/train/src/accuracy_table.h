// How well a network does on the data of each task.
#pragma once

#include <modhost/evaluate.h>
#include <modhost/table.h>
#include <modhost/writer.h>

#include <optional>
#include <string>
#include <vector>

namespace modhost_train {

struct Tested {
  std::optional<std::string> task;  // none: all data
  modhost::Evaluation found;
};

// On all test data, then on those of each task that has any.
std::vector<Tested> test_network(modhost::ModelBase& network, const modhost::DatasetBase& data,
                                 const modhost::EvaluateOptions& how);

// Rows as they were tested; accuracies where the output has one.
modhost::Table accuracy_table(const std::vector<Tested>& tested, bool has_accuracy);

// test/TASK/accuracy and test/TASK/loss; those of all data are the host's.
void write_scalars(modhost::RunWriter& writer, const std::vector<Tested>& tested,
                   bool has_accuracy);

}  // namespace modhost_train
