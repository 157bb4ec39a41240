// Commands to translate into actions, in splits that ask for composition (Lake and Baroni 2018).
#include "scan.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/subset.h>

#include <algorithm>
#include <numeric>

#include "official_files.h"

namespace modhost_scan {
namespace {

std::shared_ptr<const Source> slice(const std::shared_ptr<const Source>& source, int64_t begin,
                                    int64_t count) {
  if (count == source->size()) return source;
  std::vector<int64_t> indices(static_cast<size_t>(count));
  std::iota(indices.begin(), indices.end(), begin);
  return subset(source, std::move(indices));
}

int64_t limited(int64_t count, int64_t limit) {
  return limit == 0 ? count : std::min(count, limit);
}

}  // namespace

void ScanOptions::validate() const {
  check(!download() || official(), ErrorCode::config,
        "'dataset.download' is true, but the commands are generated and nothing is read",
        "read the official files with '--dataset.source official'");
}

Scan::Scan(std::shared_ptr<const Options> given) : Dataset(std::move(given)) {
  for (const std::string& name : used_splits()) {
    const Division division = division_named(name);
    check(options().validation() < info(division).train, ErrorCode::config,
          "option 'dataset.validation' is " + std::to_string(options().validation()) +
              ", the training part of '" + name + "' has only " +
              std::to_string(info(division).train) + " commands");
  }
}

std::vector<std::string> Scan::used_splits() const {
  std::vector<std::string> out = {options().train_split()};
  for (const std::string& name : options().tasks()) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  return out;
}

std::filesystem::path Scan::folder() const { return data_folder("scan", options().folder()); }

DataFiles Scan::files() const {
  DataFiles out{"scan", folder()};
  for (const std::string& name : used_splits()) {
    for (const bool train : {true, false}) {
      out.list.push_back(data_file(out.folder, division_named(name), train));
    }
  }
  out.source = "github.com/brendenlake/SCAN";
  out.download = options().download();
  return out;
}

void Scan::check_files() const {
  const DataFiles all = files();
  for (const DataFile& file : all.list) all.path(file.name);
}

Signature Scan::signature() const {
  Signature out;
  out.input = Input::tokens;
  out.input_shape = {kLongestCommand + 1};
  out.vocabulary = kWords + 1;
  out.output = Output::tokens;
  out.output_shape = {kMostActions + 1, kActions + 1};
  return out;
}

std::vector<Task> Scan::tasks() const {
  std::vector<Task> out;
  for (const std::string& name : options().tasks()) {
    out.push_back({name, info(division_named(name)).help});
  }
  return out;
}

int64_t Scan::train_count(Division division) const {
  return limited(info(division).train - options().validation(), options().train());
}

std::string Scan::describe() const {
  if (options().official()) check_files();
  return count_text(train_count(division_named(options().train_split()))) + " commands (split " +
         options().train_split() + ", " +
         (options().official() ? "from " + folder().string() : "generated") + ")";
}

std::shared_ptr<const Source> Scan::whole_part(Division division, bool train) const {
  auto& part = parts_[{division, train}];
  if (part != nullptr) return part;
  const auto seed = static_cast<uint64_t>(options().seed());
  if (options().official()) {
    check_files();
    auto read = std::make_shared<CommandSource>(read_part(folder(), division, train));
    part = subset(read, permutation(read->size(), derive_seed(seed, train ? "train" : "test")));
    return part;
  }
  if (generated_ == nullptr) generated_ = std::make_shared<CommandSource>(all_commands());
  Parts parts = divide(division, generated_->commands(), seed);
  parts_[{division, !train}] = subset(generated_, std::move(train ? parts.test : parts.train));
  part = subset(generated_, std::move(train ? parts.train : parts.test));
  return part;
}

std::shared_ptr<const Source> Scan::part(Division division, Split split) const {
  const auto whole = whole_part(division, split != Split::test);
  if (split == Split::test) return slice(whole, 0, limited(whole->size(), options().test()));
  if (split == Split::train) return slice(whole, 0, train_count(division));
  return slice(whole, whole->size() - options().validation(), options().validation());
}

std::shared_ptr<const Source> Scan::all(Split split) const {
  return part(division_named(options().train_split()), split);
}

std::shared_ptr<const Source> Scan::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return part(division_named(name), split);
}

void Scan::export_to(const std::filesystem::path& folder) const {
  check(!options().official(), ErrorCode::usage,
        "the official files are asked for: these commands are files already");
  const auto commands = all_commands();
  const auto seed = static_cast<uint64_t>(options().seed());
  for (const Division division : kDivisions) {
    const Parts parts = divide(division, commands, seed);
    for (const bool train : {true, false}) {
      std::vector<Command> chosen;
      for (const int64_t at : train ? parts.train : parts.test) {
        chosen.push_back(commands[static_cast<size_t>(at)]);
      }
      write_part(folder, division, train, chosen);
    }
  }
}

}  // namespace modhost_scan
