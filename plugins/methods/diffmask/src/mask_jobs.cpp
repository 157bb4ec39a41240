#include "mask_jobs.h"

#include <modhost/error.h>
#include <modhost/loss.h>

#include <algorithm>
#include <set>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

std::vector<std::string> task_names(const DatasetBase& data) {
  std::vector<std::string> names;
  for (const Task& task : data.tasks()) names.push_back(task.name);
  return names;
}

// A task's name is that of its mask's files.
void check_distinct(const std::vector<std::string>& tasks, bool control) {
  std::set<std::string> names;
  for (const std::string& name : tasks) {
    check(names.insert(name).second, ErrorCode::config, "task '" + name + "' is named twice");
    check(name != kControl || !control, ErrorCode::config,
          "the dataset has a task '" + name + "', the name of the mask on all data",
          "leave one out by 'method.tasks' or 'method.control'");
  }
}

std::vector<std::string> chosen_tasks(const DatasetBase& data, const DiffmaskOptions& options) {
  const std::vector<std::string> chosen = named_tasks(data, options.tasks());
  check_distinct(chosen, options.control());
  return chosen;
}

MaskJob control_job(const DatasetBase& data) {
  MaskJob job;
  job.task = kControl;
  job.control = true;
  job.train = data.all(Split::train);
  job.validation = data.all(Split::validation);
  job.test = data.all(Split::test);
  return job;
}

MaskJob task_job(const DatasetBase& data, const std::string& task) {
  MaskJob job;
  job.task = task;
  job.train = data.task(task, Split::train);
  job.validation = data.task(task, Split::validation);
  job.test = data.task(task, Split::test);
  job.other = data.other(task, Split::test);
  return job;
}

void check_data(const MaskJob& job, const std::string& unit, const DiffmaskOptions& options) {
  check(job.train->size() >= options.batch_size(), ErrorCode::config,
        "'" + job.task + "' has " + std::to_string(job.train->size()) + " training " + unit +
            ", less than one batch of " + std::to_string(options.batch_size()),
        "lower 'method.batch_size', or leave it out by 'method.tasks' or 'method.control'");
  check(job.test->size() > 0, ErrorCode::config, "'" + job.task + "' has no test " + unit);
  check(!needs_validation(options) || job.validation->size() > 0, ErrorCode::config,
        "'" + job.task + "' has no validation " + unit + ", which 'method." +
            (options.patience() > 0 ? "patience" : "alpha") + "' needs",
        "set some aside, as by 'dataset.validation'");
}

// Masks trained together step together, so epochs of different lengths are nobody's.
void check_together(const std::vector<MaskJob>& jobs, const DiffmaskOptions& options) {
  if (!options.together() || (options.steps() > 0 && options.patience() == 0)) return;
  for (const MaskJob& job : jobs) {
    check(job.train->size() / options.batch_size() ==
              jobs.front().train->size() / options.batch_size(),
          ErrorCode::config,
          "'" + job.task + "' and '" + jobs.front().task +
              "' have different numbers of batches, so that epochs of masks trained together end "
              "at different steps",
          "give 'method.steps' and no 'method.patience', or leave out 'method.together'");
  }
}

}  // namespace

void check_batch(int64_t batch_size, int64_t samples) {
  check(batch_size % samples == 0, ErrorCode::config,
        "option 'method.batch_size': " + std::to_string(batch_size) + " does not divide into " +
            std::to_string(samples) + " mask samples",
        "take " + std::to_string(batch_size / samples * samples + samples));
}

std::vector<std::string> named_tasks(const DatasetBase& data,
                                     const std::vector<std::string>& wanted) {
  const std::vector<std::string> known = task_names(data);
  for (const std::string& name : wanted) {
    check(std::find(known.begin(), known.end(), name) != known.end(), ErrorCode::config,
          "option 'method.tasks': the dataset has no task '" + name +
              "'; it has: " + (known.empty() ? "none" : join(known)),
          did_you_mean(name, known));
  }
  return wanted.empty() ? known : wanted;
}

std::string MaskJob::name() const {
  return repeat == 0 ? task : task + "/repeat_" + std::to_string(repeat);
}

bool needs_validation(const DiffmaskOptions& options) {
  return options.alpha().size() > 1 || options.patience() > 0;
}

std::vector<MaskJob> chosen_jobs(const DatasetBase& data, const DiffmaskOptions& options) {
  check(has_accuracy(data.signature()), ErrorCode::config,
        "diffmask compares accuracies, and '" + data.signature().text() + "' has none");
  std::vector<MaskJob> jobs;
  if (options.control()) jobs.push_back(control_job(data));
  for (const std::string& task : chosen_tasks(data, options)) jobs.push_back(task_job(data, task));
  for (const MaskJob& job : jobs) check_data(job, data.unit(), options);
  check_together(jobs, options);
  const std::vector<MaskJob> once = jobs;
  for (int64_t repeat = 1; repeat < options.repeats(); ++repeat) {
    for (MaskJob job : once) {
      job.repeat = repeat;
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

std::vector<std::string> class_names(const DatasetBase& data) {
  const Signature signature = data.signature();
  if (signature.output != Output::classes) return {};
  std::vector<std::string> names = data.all(Split::test)->groups();
  if (static_cast<int64_t>(names.size()) == signature.output_size()) return names;
  names.clear();
  for (int64_t i = 0; i < signature.output_size(); ++i) names.push_back(std::to_string(i));
  return names;
}

std::vector<int64_t> groups_without_samples(const Source& source) {
  std::set<int64_t> seen;
  for (int64_t index = 0; index < source.size() && !source.groups().empty(); ++index) {
    seen.insert(source.group(index));
  }
  std::vector<int64_t> out;
  for (int64_t group = 0; group < static_cast<int64_t>(source.groups().size()); ++group) {
    if (seen.count(group) == 0) out.push_back(group);
  }
  return out;
}

MaskJob stored_job(const DatasetBase& data, const std::string& name) {
  const std::vector<std::string> known = task_names(data);
  const bool task = std::find(known.begin(), known.end(), name) != known.end();
  MaskJob job = task ? task_job(data, name) : control_job(data);
  job.task = name;
  job.control = name == kControl;
  return job;
}

}  // namespace modhost_diffmask
