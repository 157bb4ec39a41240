// Which masks a run is about, and the data of each.
#pragma once

#include <modhost/dataset.h>
#include <modhost/stored_masks.h>

#include <memory>
#include <string>
#include <vector>

#include "diffmask_options.h"

namespace modhost_diffmask {

inline constexpr const char* kControl = modhost::kAllTasksMask;

// A mask and the data that it is trained and judged on.
struct MaskJob {
  std::string task;
  int64_t repeat = 0;    // which of several trainings of the same mask
  bool control = false;  // all data
  std::shared_ptr<const modhost::Source> train, validation, test;
  std::shared_ptr<const modhost::Source> other;  // test data it is compared with; none: nullptr
  double unmasked = 0;  // accuracy of the whole network on `validation`, where it counts

  // Its files, its stage, and what its seeds depend on: "square", "square/repeat_1".
  std::string name() const;
};

// Error(config) unless a batch divides into mask samples; says what would.
void check_batch(int64_t batch_size, int64_t samples);

// Those that are wanted, all of the dataset's when none is. Error(config) for one that it does not
// have, with the nearest.
std::vector<std::string> named_tasks(const modhost::DatasetBase& data,
                                     const std::vector<std::string>& wanted);

// The control, if it is wanted, then the chosen tasks; then all of them for each further repeat.
// Error(config) for tasks that the dataset does not have, and for data that cannot fill a batch or
// leave nothing to judge by.
std::vector<MaskJob> chosen_jobs(const modhost::DatasetBase& data, const DiffmaskOptions& options);

// The job of a mask of that name that is there already: of the task, else of all data.
MaskJob stored_job(const modhost::DatasetBase& data, const std::string& name);

// What the classes of the dataset are called: as the groups of its test data, where these are its
// classes, else by numbers. Empty where it has none.
std::vector<std::string> class_names(const modhost::DatasetBase& data);

// Groups of the collection (Source::groups) that none of its samples belongs to.
std::vector<int64_t> groups_without_samples(const modhost::Source& source);

// Is accuracy on validation data asked for?
bool needs_validation(const DiffmaskOptions& options);

}  // namespace modhost_diffmask
