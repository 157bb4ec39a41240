// The tasks of a dataset: those that the data name, groups of classes, all classes but one.
#pragma once

#include <modhost/class_tasks.h>
#include <modhost/dataset.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "annotations.h"
#include "shared_options.h"

namespace modhost_own_data {

class TaskChoice {
 public:
  // Error(config) for what is not there, with the nearest. `notes` must outlive this.
  TaskChoice(const Annotations& notes, const TaskOptions& options);

  std::vector<modhost::Task> list() const;

  using Sources = std::shared_ptr<const modhost::Source>;
  // The samples of `whole` that belong to a task of list(), or the others. sample_of: the place in
  // the annotations of each sample of `whole`, whose groups are the classes.
  Sources part(const std::string& task, bool others, const Sources& whole,
               const std::vector<int64_t>& sample_of) const;

 private:
  // By task of the data, or by class: which of them belong to it.
  struct Rule {
    modhost::Task task;
    bool by_class;
    std::vector<bool> takes;
  };
  Rule group(const std::string& text) const;
  Rule of_data(const std::string& name) const;
  // Sorts what the user wants into groups, tasks of the data, and tasks of classes.
  void choose(const Names& wanted, const std::vector<Rule>& groups);
  // As ClassTasks takes it; nothing when it is none.
  std::optional<std::string> class_task(const std::string& text) const;
  [[noreturn]] void fail_unknown(const std::string& text, const std::vector<Rule>& groups) const;
  void add(Rule rule);

  const Annotations& notes_;
  std::vector<Rule> rules_;
  std::optional<modhost::ClassTasks> of_classes_;
};

}  // namespace modhost_own_data
