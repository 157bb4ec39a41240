// Tasks of a dataset whose samples belong to classes: a class is left out, or a few stand alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "modhost/dataset.h"

namespace modhost {
inline namespace v1 {

// Names: "without_cat" has all samples but those of one class (the removal of classes in Csordas et
// al. 2021, section 5); "cat+dog" has those of these classes alone (their study of whether two
// trainings of a mask find the same weights).
class ClassTasks {
 public:
  // classes: those of the data, in the order of Source::groups(). wanted: as a person writes them,
  // "cat" for "without_cat", "cat+dog" for that; none: each class left out. noun: what the classes
  // are called, "glyphs". Error(config) for what is no class, with the nearest, and for a task that
  // is there twice or has all classes.
  ClassTasks(std::vector<std::string> classes, const std::vector<std::string>& wanted,
             const std::string& noun);

  std::vector<Task> list() const;
  // The samples of `whole` that are of the task, in their order; `whole` has the classes as groups.
  // Error(config) for an unknown task.
  std::shared_ptr<const Source> task(const std::string& name,
                                     const std::shared_ptr<const Source>& whole) const;
  // All others: the class that was left out, alone.
  std::shared_ptr<const Source> other(const std::string& name,
                                      const std::shared_ptr<const Source>& whole) const;

 private:
  struct ClassTask {
    Task task;
    std::vector<bool> takes;  // by class
  };
  ClassTask parsed(const std::string& wanted, const std::string& noun) const;
  const ClassTask& named(const std::string& name) const;

  std::vector<std::string> classes_;
  std::vector<ClassTask> tasks_;
};

}  // namespace v1
}  // namespace modhost
