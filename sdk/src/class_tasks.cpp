#include "modhost/class_tasks.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "modhost/error.h"
#include "modhost/subset.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr const char* kWithout = "without_";

std::vector<std::string> split_at_plus(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char letter : text) {
    if (letter == '+') {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

std::shared_ptr<const Source> selected(const std::shared_ptr<const Source>& whole,
                                       const std::vector<bool>& takes, bool taken) {
  std::vector<int64_t> indices;
  for (int64_t index = 0; index < whole->size(); ++index) {
    if (takes.at(static_cast<size_t>(whole->group(index))) == taken) indices.push_back(index);
  }
  return subset(whole, std::move(indices));
}

}  // namespace

ClassTasks::ClassTasks(std::vector<std::string> classes, const std::vector<std::string>& wanted,
                       const std::string& noun)
    : classes_(std::move(classes)) {
  for (const std::string& text : wanted.empty() ? classes_ : wanted) {
    ClassTask one = parsed(text, noun);
    const auto same = [&](const ClassTask& task) { return task.takes == one.takes; };
    check(std::none_of(tasks_.begin(), tasks_.end(), same), ErrorCode::config,
          "option 'dataset.tasks' has the task '" + one.task.name + "' twice");
    tasks_.push_back(std::move(one));
  }
}

ClassTasks::ClassTask ClassTasks::parsed(const std::string& wanted, const std::string& noun) const {
  const bool is_class = std::find(classes_.begin(), classes_.end(), wanted) != classes_.end();
  const auto parts = is_class ? std::vector<std::string>{wanted} : split_at_plus(wanted);  // "c++"
  const bool alone = parts.size() > 1;
  std::vector<bool> takes(classes_.size(), !alone);
  for (const std::string& part : parts) {
    const auto found = std::find(classes_.begin(), classes_.end(), part);
    check(found != classes_.end(), ErrorCode::config,
          "option 'dataset.tasks' names '" + part + "', there are " + join(classes_) +
              "; a class to leave out, or classes to keep, joined by +",
          did_you_mean(part, classes_));
    takes[static_cast<size_t>(found - classes_.begin())] = alone;
  }
  const auto taken = std::count(takes.begin(), takes.end(), true);
  check(taken > 0 && taken < static_cast<std::ptrdiff_t>(takes.size()), ErrorCode::config,
        "the task '" + wanted + "' of option 'dataset.tasks' has " +
            (taken > 0 ? "all " : "none of the ") + noun + ", a task is a part of them");
  if (alone) return {{wanted, "only " + join(parts, ", ") + "; compared with the others"}, takes};
  return {{kWithout + wanted, "all " + noun + " but '" + wanted + "'; compared with it alone"},
          takes};
}

const ClassTasks::ClassTask& ClassTasks::named(const std::string& name) const {
  std::vector<std::string> names;
  for (const ClassTask& one : tasks_) {
    if (one.task.name == name) return one;
    names.push_back(one.task.name);
  }
  throw Error(ErrorCode::config, "the dataset has no task '" + name + "'; it has " + join(names),
              did_you_mean(name, names));
}

std::vector<Task> ClassTasks::list() const {
  std::vector<Task> out;
  for (const ClassTask& one : tasks_) out.push_back(one.task);
  return out;
}

std::shared_ptr<const Source> ClassTasks::task(const std::string& name,
                                               const std::shared_ptr<const Source>& whole) const {
  return selected(whole, named(name).takes, true);
}

std::shared_ptr<const Source> ClassTasks::other(const std::string& name,
                                                const std::shared_ptr<const Source>& whole) const {
  return selected(whole, named(name).takes, false);
}

}  // namespace v1
}  // namespace modhost
