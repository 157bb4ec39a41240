// What the datasets of this plugin have in common: one collection of samples with annotations, of
// which splits and tasks are parts.
#pragma once

#include <modhost/count_text.h>
#include <modhost/dataset.h>
#include <modhost/error.h>
#include <modhost/subset.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "annotations.h"
#include "task_choice.h"

namespace modhost_own_data {

using namespace modhost;

// O has the members splits (SplitOptions) and choice (TaskOptions). Sources have the classes as
// groups.
template <typename O>
class OwnDataset : public Dataset<O> {
 public:
  using Dataset<O>::Dataset;

  std::vector<Task> tasks() const override { return known().list(); }
  double chance() const override { return largest_share(notes()); }

  std::shared_ptr<const Source> all(Split split) const override {
    if (samples_ == nullptr) samples_ = read_samples();
    return subset(samples_, indices(split));
  }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override {
    check_task(*this, name);
    return known().part(name, false, all(split), indices(split));
  }
  // All other samples.
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override {
    check_task(*this, name);
    return known().part(name, true, all(split), indices(split));
  }

 protected:
  // Called once, when something is asked for the first time: opens the data.
  virtual Annotations read_notes() const = 0;
  // The samples in the order of the annotations; may scale by what it finds in the training split.
  virtual std::shared_ptr<const Source> read_samples() const = 0;

  // Whether it is an error when no samples are for training.
  virtual bool needs_training() const { return true; }

  // With the division into splits.
  const Annotations& notes() const { return *shared_notes(); }
  // For sources, which may live longer than the dataset.
  std::shared_ptr<const Annotations> shared_notes() const {
    if (notes_ == nullptr) {
      Annotations read = read_notes();
      const SplitOptions& shares = this->options().splits;
      divide(read, shares.validation_share(), shares.test_share(),
             static_cast<uint64_t>(shares.seed()));
      check(!needs_training() || std::count(read.part.begin(), read.part.end(), Part::train) > 0,
            ErrorCode::data,
            "no samples are left for training, of " + count_text(read.size) + " in all",
            "make dataset.validation_share and dataset.test_share smaller");
      notes_ = std::make_shared<const Annotations>(std::move(read));
    }
    return notes_;
  }
  int64_t count(Split split) const {
    const auto part = static_cast<Part>(split);
    return std::count(notes().part.begin(), notes().part.end(), part);
  }
  // "150 samples (90 training, 15 validation, 45 test"
  std::string counts() const {
    return count_text(notes().size) + " " + this->unit() + " (" + count_text(count(Split::train)) +
           " training, " + count_text(count(Split::validation)) + " validation, " +
           count_text(count(Split::test)) + " test";
  }

 private:
  const TaskChoice& known() const {
    if (!known_) known_.emplace(notes(), this->options().choice);
    return *known_;
  }
  std::vector<int64_t> indices(Split split) const {
    std::vector<int64_t> out;
    for (int64_t sample = 0; sample < notes().size; ++sample) {
      const bool here = notes().part[static_cast<size_t>(sample)] == static_cast<Part>(split);
      if (here) out.push_back(sample);
    }
    return out;
  }

  mutable std::shared_ptr<const Annotations> notes_;
  mutable std::optional<TaskChoice> known_;
  mutable std::shared_ptr<const Source> samples_;
};

}  // namespace modhost_own_data
