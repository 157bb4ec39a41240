// Tables over the states of a network: each scalar of the method beside what the states are.
#pragma once

#include <string>
#include <vector>

#include "modhost/snapshot.h"
#include "modhost/table.h"
#include "results_file.h"

namespace modhost::core {

// All scalars, in the order in which they are first seen; of each state one row of cells in that
// order, empty where it has none.
struct ScalarColumns {
  std::vector<std::string> names;
  std::vector<std::vector<Cell>> rows;
};
// `left_out`: names that the table has in other columns.
ScalarColumns scalar_columns(const std::vector<Results>& states,
                             const std::vector<std::string>& left_out);

// The names of numbers that sum runs up, of all states.
std::vector<std::string> headlines_of(const std::vector<Results>& states);

// One row for each snapshot: label, epoch, step, samples, validation_accuracy (validation_loss
// where there is no accuracy), test_accuracy, then the scalars.
Table over_time_table(const std::vector<Snapshot>& snapshots, const std::vector<Results>& states);
// For the screen: epoch, accuracy and headlines, of some 30 snapshots at most; where states were
// chosen by an accuracy, also that.
Table over_time_short(const std::vector<Snapshot>& snapshots, const std::vector<Results>& states);

// One row for each network: its number, then the scalars.
Table over_networks_table(const std::vector<Results>& states);
// One row for each scalar: n, mean, standard deviation of the sample, half the width of the 95 %
// confidence interval of the mean, least and most; and where the scalar is the mean of draws
// ("nulls/all/mean", beside "nulls/all/deviation") the deviation of the draws of all networks.
Table over_networks_summary(const std::vector<Results>& states);
// For the screen: "0.912 ± 0.013" of the test accuracy or loss and of each headline.
Table over_networks_short(const std::vector<Results>& states);

}  // namespace modhost::core
