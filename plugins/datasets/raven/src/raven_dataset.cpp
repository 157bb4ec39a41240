#include "raven_dataset.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/plugin.h>

#include <algorithm>
#include <functional>

#include "contact_sheet.h"
#include "export_folder.h"
#include "generator.h"
#include "official_folder.h"
#include "problem_readers.h"
#include "renderer.h"

namespace modhost::raven {
namespace {

constexpr int kShown = 6;  // problems on a sheet

raven::Split own_split(modhost::Split split) {
  switch (split) {
    case modhost::Split::train:
      return raven::Split::train;
    case modhost::Split::validation:
      return raven::Split::val;
    case modhost::Split::test:
      return raven::Split::test;
  }
  return raven::Split::train;
}

std::vector<std::string> group_names(const std::vector<ProblemFile>& files) {
  std::vector<std::string> names;
  for (const ProblemFile& file : files) names.push_back(file.group);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// Task sets that are named in the options; the first three are the answer schemes, no tasks.
std::vector<NamedTaskSet> offered_tasks() {
  std::vector<NamedTaskSet> out;
  for (const NamedTaskSet& set : named_task_sets()) {
    const std::string name = set.name;
    if (name != "iraven" && name != "raven" && name != "fair") out.push_back(set);
  }
  return out;
}

}  // namespace

RavenDataset::RavenDataset(std::shared_ptr<const Options> options)
    : Dataset(std::move(options)),
      side_(this->options().side()),
      memory_(std::make_shared<ImageMemory>(this->options().cache_mb() * (int64_t{1} << 20))) {
  if (!this->options().folder().empty()) {
    list_problem_files(this->options().folder());
    return;
  }
  const Generator checks_the_values(base_set());
  for (const Task& task : tasks()) const Generator checks_the_task(task_set(task.name));
}

TaskSet RavenDataset::base_set() const {
  TaskSet set;
  set.name = options().answers();
  set.scheme = parse_scheme(options().answers());
  set.strict = options().strict();
  set.rules = parse_rule_filter(options().rules());
  set.configurations.clear();
  for (const std::string& name : options().configurations()) {
    if (name == "all") {
      set.configurations = all_configurations();
      break;
    }
    set.configurations.push_back(parse_configuration(name));
  }
  check(!set.configurations.empty(), ErrorCode::config, "option 'dataset.configurations' is empty",
        "take one or more, or all");
  if (!options().types().empty()) {
    set.values.types.clear();
    for (const std::string& name : options().types()) set.values.types.push_back(parse_shape(name));
  }
  if (!options().sizes().empty()) set.values.sizes = options().sizes();
  if (!options().colors().empty()) {
    set.values.colors.assign(options().colors().begin(), options().colors().end());
  }
  check_values(set.values);
  return set;
}

TaskSet RavenDataset::task_set(const std::string& name) const {
  TaskSet set = base_set();
  const ValueLists usual;
  const ValueLists wanted = named_task_set(name).values;
  if (wanted.types != usual.types) set.values.types = wanted.types;
  if (wanted.sizes != usual.sizes) set.values.sizes = wanted.sizes;
  if (wanted.colors != usual.colors) set.values.colors = wanted.colors;
  set.values.container_color = wanted.container_color;
  set.name += "/" + name;
  return set;
}

Signature RavenDataset::signature() const {
  return {Input::panels, {kPanels, side_, side_}, Output::choice, {kCandidates}};
}

std::vector<Task> RavenDataset::tasks() const {
  std::vector<Task> out;
  if (!options().folder().empty()) {
    for (const std::string& group : group_names(list_problem_files(options().folder()))) {
      out.push_back({group, "the files of the sub-folder"});
    }
    return out;
  }
  const std::vector<NamedTaskSet> offered = offered_tasks();
  for (const std::string& name : options().tasks()) {
    const auto found = std::find_if(offered.begin(), offered.end(),
                                    [&](const NamedTaskSet& set) { return name == set.name; });
    if (found == offered.end()) {
      std::vector<std::string> names;
      for (const NamedTaskSet& set : offered) names.emplace_back(set.name);
      throw Error(
          ErrorCode::config,
          "option 'dataset.tasks': unknown task set '" + name + "'; there are " + join(names),
          did_you_mean(name, names));
    }
    out.push_back({name, found->help});
  }
  return out;
}

std::string RavenDataset::describe() const {
  const std::string side = std::to_string(side_);
  if (!options().folder().empty()) {
    const auto files = list_problem_files(options().folder());
    return count_text(static_cast<int64_t>(files.size())) + " problems from " + options().folder() +
           ", " + side + "x" + side;
  }
  return count_text(options().train()) + " problems (" + options().answers() + ", " +
         join(options().configurations()) + ", " + side + "x" + side + " pixels, generated)";
}

std::shared_ptr<const Source> RavenDataset::remembered(
    const std::string& key, const std::function<std::shared_ptr<const Source>()>& make) const {
  auto& source = sources_[key];
  if (source == nullptr) source = make();
  return source;
}

std::shared_ptr<const Source> RavenDataset::source(std::unique_ptr<ImageReader> reader) const {
  if (options().transposed()) reader = transposed(std::move(reader), side_);
  return std::make_shared<ImageSource>(std::move(reader), signature().input_shape, PixelScale{},
                                       memory_);
}

std::shared_ptr<const Source> RavenDataset::generated(const TaskSet& set, modhost::Split split,
                                                      int64_t count) const {
  return source(generated_problems(set, own_split(split), count, side_,
                                   static_cast<uint64_t>(options().seed())));
}

std::shared_ptr<const Source> RavenDataset::from_folder(const std::string& group,
                                                        modhost::Split split) const {
  std::vector<ProblemFile> files;
  for (ProblemFile& file : list_problem_files(options().folder())) {
    if (file.split == own_split(split) && (group.empty() || file.group == group)) {
      files.push_back(std::move(file));
    }
  }
  return source(read_problems(std::move(files), side_));
}

std::shared_ptr<const Source> RavenDataset::all(modhost::Split split) const {
  return remembered("all/" + to_string(split), [&]() -> std::shared_ptr<const Source> {
    if (!options().folder().empty()) return from_folder("", split);
    const int64_t count = split == modhost::Split::train        ? options().train()
                          : split == modhost::Split::validation ? options().validation()
                                                                : options().test();
    return generated(base_set(), split, count);
  });
}

std::shared_ptr<const Source> RavenDataset::task(const std::string& name,
                                                 modhost::Split split) const {
  check_task(*this, name);
  return remembered(name + "/" + to_string(split), [&]() -> std::shared_ptr<const Source> {
    if (!options().folder().empty()) return from_folder(name, split);
    const int64_t count =
        split == modhost::Split::train ? options().task_train() : options().task_test();
    return generated(task_set(name), split, count);
  });
}

void RavenDataset::export_to(const std::filesystem::path& folder) const {
  check(options().folder().empty(), ErrorCode::usage,
        "'dataset.folder' is set: these problems are files already");
  const TaskSet set = base_set();
  const int64_t wanted = options().train() + options().validation() + options().test();
  check(wanted > 0, ErrorCode::config,
        "there is nothing to export: 'dataset.train', 'dataset.validation' and 'dataset.test' are "
        "all 0");
  const auto layouts = static_cast<int64_t>(set.configurations.size());
  ExportOptions how;
  how.problems_per_configuration = static_cast<uint64_t>((wanted + layouts - 1) / layouts);
  how.seed = static_cast<uint64_t>(options().seed());
  export_folder(set, folder, how);
}

void RavenDataset::show(const std::filesystem::path& picture) const {
  std::vector<SheetEntry> entries;
  if (!options().folder().empty()) {
    const auto files = list_problem_files(options().folder());
    for (size_t i = 0; i < std::min<size_t>(files.size(), kShown); ++i) {
      LoadedProblem problem = load_problem(files[i].path, options().transposed());
      entries.push_back({std::move(problem.image), problem.target});
    }
    write_sheet(entries, picture);
    return;
  }
  const TaskSet set = base_set();
  const Generator generator(set);
  const Renderer renderer(set.values);
  std::vector<Problem> problems;
  for (int i = 0; i < kShown; ++i) {
    const size_t turns = set.configurations.size();
    problems.push_back(generator.generate(set.configurations[i % turns], raven::Split::train,
                                          static_cast<uint64_t>(i) / turns,
                                          static_cast<uint64_t>(options().seed())));
  }
  write_sheet(problems, renderer, picture);
}

}  // namespace modhost::raven

MODHOST_PLUGIN(registry) {
  registry
      .dataset<modhost::raven::RavenDataset>(
          "raven", "abstract-reasoning problems: RAVEN, I-RAVEN, RAVEN-FAIR")
      .paper("Zhang, Gao, Jia, Zhu, Zhu 2019; Hu, Ma, Liu, Wei, Bai 2021; Benny, Pekar, Wolf 2021");
}
