#include "task_choice.h"

#include <modhost/error.h>
#include <modhost/subset.h>

#include <algorithm>

#include "shown_list.h"

namespace modhost_own_data {
namespace {

using modhost::check;
using modhost::Error;
using modhost::ErrorCode;

const std::string kWithout = "without_";
constexpr const char* kNoun = "classes";

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Names parts_of(const std::string& text, char separator) {
  Names parts(1);
  for (const char letter : text) {
    if (letter == separator) {
      parts.emplace_back();
    } else {
      parts.back() += letter;
    }
  }
  return parts;
}

}  // namespace

TaskChoice::TaskChoice(const Annotations& notes, const TaskOptions& options) : notes_(notes) {
  std::vector<Rule> groups;
  for (const std::string& text : options.groups()) groups.push_back(group(text));
  if (!options.tasks().empty()) {
    choose(options.tasks(), groups);
  } else if (!groups.empty()) {
    for (Rule& rule : groups) add(std::move(rule));
  } else if (!notes.tasks.empty()) {
    for (const std::string& name : notes.tasks) add(of_data(name));
  } else if (notes.classes.size() > 1) {
    of_classes_.emplace(notes.classes, Names{}, kNoun);
  }
}

void TaskChoice::choose(const Names& wanted, const std::vector<Rule>& groups) {
  Names of_classes;
  for (const std::string& text : wanted) {
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&](const Rule& rule) { return rule.task.name == text; });
    if (group != groups.end()) {
      add(*group);
    } else if (has(notes_.tasks, text)) {
      add(of_data(text));
    } else if (const auto task = class_task(text)) {
      of_classes.push_back(*task);
    } else {
      fail_unknown(text, groups);
    }
  }
  if (!of_classes.empty()) of_classes_.emplace(notes_.classes, of_classes, kNoun);
}

std::optional<std::string> TaskChoice::class_task(const std::string& text) const {
  if (has(notes_.classes, text)) return text;
  if (text.rfind(kWithout, 0) == 0 && has(notes_.classes, text.substr(kWithout.size()))) {
    return text.substr(kWithout.size());
  }
  for (const std::string& part : parts_of(text, '+')) {
    if (!has(notes_.classes, part)) return std::nullopt;
  }
  return text;
}

void TaskChoice::fail_unknown(const std::string& text, const std::vector<Rule>& groups) const {
  Names known;
  for (const Rule& rule : groups) known.push_back(rule.task.name);
  known.insert(known.end(), notes_.tasks.begin(), notes_.tasks.end());
  known.insert(known.end(), notes_.classes.begin(), notes_.classes.end());
  throw Error(
      ErrorCode::config,
      "option 'dataset.tasks' has '" + text + "', allowed are " +
          (known.empty() ? "none: the data have neither tasks nor classes" : shown_list(known)) +
          (notes_.classes.empty() ? "" : " (a class is left out, A+B are kept alone)"),
      modhost::did_you_mean(text, known));
}

void TaskChoice::add(Rule rule) {
  for (const Rule& other : rules_) {
    check(other.task.name != rule.task.name, ErrorCode::config,
          "the task '" + rule.task.name + "' is there twice");
  }
  rules_.push_back(std::move(rule));
}

TaskChoice::Rule TaskChoice::of_data(const std::string& name) const {
  Rule rule{{name, "the samples of this task; compared with the others"}, false, {}};
  for (const std::string& task : notes_.tasks) rule.takes.push_back(task == name);
  return rule;
}

TaskChoice::Rule TaskChoice::group(const std::string& text) const {
  const size_t colon = text.find(':');
  check(colon != std::string::npos && colon > 0 && colon + 1 < text.size(), ErrorCode::config,
        "option 'dataset.groups' has '" + text + "', needed NAME:CLASS|CLASS");
  check(!notes_.classes.empty(), ErrorCode::config,
        "option 'dataset.groups' is for classes, the target here is numbers");
  const std::string name = text.substr(0, colon);
  const Names members = parts_of(text.substr(colon + 1), '|');
  for (const std::string& member : members) {
    if (has(notes_.classes, member)) continue;
    throw Error(ErrorCode::config,
                "option 'dataset.groups' has '" + member + "' in '" + name + "', the classes are " +
                    shown_list(notes_.classes),
                modhost::did_you_mean(member, notes_.classes));
  }
  Rule rule{{name, "the classes " + shown_list(members) + "; compared with the others"}, true, {}};
  for (const std::string& one : notes_.classes) rule.takes.push_back(has(members, one));
  return rule;
}

std::vector<modhost::Task> TaskChoice::list() const {
  std::vector<modhost::Task> out;
  for (const Rule& rule : rules_) out.push_back(rule.task);
  if (!of_classes_) return out;
  for (const modhost::Task& task : of_classes_->list()) out.push_back(task);
  return out;
}

TaskChoice::Sources TaskChoice::part(const std::string& task, bool others, const Sources& whole,
                                     const std::vector<int64_t>& sample_of) const {
  const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                 [&](const Rule& one) { return one.task.name == task; });
  if (rule == rules_.end()) {
    return others ? of_classes_->other(task, whole) : of_classes_->task(task, whole);
  }
  const auto& code = rule->by_class ? notes_.label : notes_.task;
  std::vector<int64_t> indices;
  for (size_t index = 0; index < sample_of.size(); ++index) {
    const int32_t place = code[static_cast<size_t>(sample_of[index])];
    if (rule->takes[static_cast<size_t>(place)] != others) {
      indices.push_back(static_cast<int64_t>(index));
    }
  }
  return modhost::subset(whole, std::move(indices));
}

}  // namespace modhost_own_data
