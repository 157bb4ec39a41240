#include "raven_dataset.h"

#include <modhost/error.h>
#include <modhost/plugin.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "area_resample.h"
#include "contact_sheet.h"
#include "export_folder.h"
#include "generator.h"
#include "official_folder.h"
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

// Draws problem after problem; the configurations take turns.
class GeneratedReader : public ProblemReader {
 public:
  GeneratedReader(const TaskSet& set, raven::Split split, int64_t count, int64_t side,
                  uint64_t seed)
      : generator_(set),
        renderer_(set.values),
        resampler_(static_cast<int>(side)),
        split_(split),
        count_(count),
        seed_(seed) {}

  int64_t size() const override { return count_; }
  std::vector<std::string> groups() const override {
    std::vector<std::string> names;
    for (const Configuration configuration : configurations()) {
      names.emplace_back(info(configuration).folder);
    }
    return names;
  }
  int64_t group(int64_t index) const override {
    return index % static_cast<int64_t>(configurations().size());
  }
  int read(int64_t index, uint8_t* pixels) const override {
    const auto turns = static_cast<int64_t>(configurations().size());
    const Problem problem = generator_.generate(configurations()[index % turns], split_,
                                                static_cast<uint64_t>(index / turns), seed_);
    if (resampler_.side() == kCanvas) {
      renderer_.draw(problem, pixels);
    } else {
      thread_local std::vector<uint8_t> full(kImageBytes);
      renderer_.draw(problem, full.data());
      resampler_.apply(full.data(), kPanels, pixels);
    }
    return problem.target;
  }

 private:
  const std::vector<Configuration>& configurations() const {
    return generator_.task_set().configurations;
  }

  Generator generator_;
  Renderer renderer_;
  AreaResampler resampler_;
  raven::Split split_;
  int64_t count_;
  uint64_t seed_;
};

// Reads official files, resampled when they have 160 pixels and another side is wanted.
class FolderReader : public ProblemReader {
 public:
  FolderReader(std::vector<ProblemFile> files, int64_t side)
      : files_(std::move(files)), side_(side), resampler_(static_cast<int>(side)) {
    for (const ProblemFile& file : files_) {
      if (std::find(groups_.begin(), groups_.end(), file.group) == groups_.end()) {
        groups_.push_back(file.group);
      }
    }
  }

  int64_t size() const override { return static_cast<int64_t>(files_.size()); }
  std::vector<std::string> groups() const override { return groups_; }
  int64_t group(int64_t index) const override {
    return std::find(groups_.begin(), groups_.end(), files_[index].group) - groups_.begin();
  }
  int read(int64_t index, uint8_t* pixels) const override {
    const LoadedProblem problem = load_problem(files_[index].path);
    if (problem.side == side_) {
      std::memcpy(pixels, problem.image.data(), problem.image.size());
      return problem.target;
    }
    check(problem.side == kCanvas, ErrorCode::data,
          "'" + files_[index].path.string() + "' has panels of " + std::to_string(problem.side) +
              " pixels; 'dataset.side' is " + std::to_string(side_) +
              " and only panels of 160 pixels can be scaled");
    resampler_.apply(problem.image.data(), kPanels, pixels);
    return problem.target;
  }

 private:
  std::vector<ProblemFile> files_;
  std::vector<std::string> groups_;
  int64_t side_;
  AreaResampler resampler_;
};

std::vector<std::string> group_names(const std::vector<ProblemFile>& files) {
  std::vector<std::string> names;
  for (const ProblemFile& file : files) names.push_back(file.group);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string grouped_digits(int64_t count) {
  std::string text = std::to_string(count);
  for (auto at = static_cast<int64_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<size_t>(at), ",");
  }
  return text;
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
      budget_(std::make_shared<CacheBudget>(this->options().cache_mb() * (int64_t{1} << 20))) {
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

void RavenDataset::check_task(const std::string& name) const {
  std::vector<std::string> names;
  for (const Task& task : tasks()) names.push_back(task.name);
  check(std::find(names.begin(), names.end(), name) != names.end(), ErrorCode::config,
        "raven has no task '" + name + "'; it has " + join(names), did_you_mean(name, names));
}

std::string RavenDataset::describe() const {
  const std::string side = std::to_string(side_);
  if (!options().folder().empty()) {
    const auto files = list_problem_files(options().folder());
    return grouped_digits(static_cast<int64_t>(files.size())) + " problems from " +
           options().folder() + ", " + side + "x" + side;
  }
  return grouped_digits(options().train()) + " problems (" + options().answers() + ", " +
         join(options().configurations()) + ", " + side + "x" + side + " pixels, generated)";
}

std::shared_ptr<const Source> RavenDataset::remembered(
    const std::string& key, const std::function<std::shared_ptr<const Source>()>& make) const {
  auto& source = sources_[key];
  if (source == nullptr) source = make();
  return source;
}

std::shared_ptr<const Source> RavenDataset::generated(const TaskSet& set, modhost::Split split,
                                                      int64_t count) const {
  auto reader = std::make_unique<GeneratedReader>(set, own_split(split), count, side_,
                                                  static_cast<uint64_t>(options().seed()));
  return std::make_shared<ProblemSource>(std::move(reader), side_, options().transposed(), budget_);
}

std::shared_ptr<const Source> RavenDataset::from_folder(const std::string& group,
                                                        modhost::Split split) const {
  std::vector<ProblemFile> files;
  for (ProblemFile& file : list_problem_files(options().folder())) {
    if (file.split == own_split(split) && (group.empty() || file.group == group)) {
      files.push_back(std::move(file));
    }
  }
  return std::make_shared<ProblemSource>(std::make_unique<FolderReader>(std::move(files), side_),
                                         side_, options().transposed(), budget_);
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
  check_task(name);
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
