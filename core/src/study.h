// Several runs that belong together, with their tables.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "modhost/table.h"
#include "results_file.h"

namespace modhost::core {

// A run, or the run on one network or state within it.
struct StudyRun {
  std::string name;              // of the run's folder; with its path where others have that name
  std::string state;             // "networks/3", "over_time/epoch_0004"; empty for the run itself
  std::filesystem::path folder;  // with results.json and tables
  std::string seed;              // [run] seed
  Results results;               // without tables while it is not finished

  bool is_finished() const { return results.status == kFinished; }
};

// Each of `folders` is a run or holds runs; the runs of a folder are sorted by name, 2 before 10.
// After a run come those on its networks and states. Error(usage) for a folder without runs,
// Error(data) for a broken results.json.
std::vector<StudyRun> find_runs(const std::vector<std::filesystem::path>& folders);

// All names of tables, in the order in which they are first met.
std::vector<std::string> table_names(const std::vector<StudyRun>& runs);

// Error(data) when the file is missing, broken or above 64 MiB. The run must have it.
Table read_table(const StudyRun& run, const std::string& name);

// A row for each run: run, state, method, model, dataset, seed, status, test/accuracy or
// test/loss, and the headlines of all.
Table overview_table(const std::vector<StudyRun>& runs);

// The rows of one table of all runs that have it, behind the columns run, state, method, model,
// dataset and seed; columns that some lack are empty there. A column of the table that has one of
// these names becomes "TABLE/NAME".
Table joined_table(const std::vector<StudyRun>& runs, const std::string& name);

}  // namespace modhost::core
