// School mathematics as text (Saxton, Grefenstette, Hill, Kohli 2019), split as in Csordas et
// al. 2021.
#include "dm_math.h"

#include <modhost/count_text.h>
#include <modhost/data_files.h>
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/subset.h>

#include <algorithm>

#include "export.h"
#include "place.h"

namespace modhost_dm_math {
namespace {

// Whether the environment names one.
bool has_data_folder() {
  try {
    data_folder("dm_math", "");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

DmMath::DmMath(std::shared_ptr<const Options> given) : Dataset(std::move(given)) {
  if (published()) return;
  const auto known = generated_modules();
  const std::string& name = options().module();
  check(std::find(known.begin(), known.end(), name) != known.end(), ErrorCode::config,
        "option 'dataset.module': no questions '" + name + "' can be generated, only " +
            join(known) + "; the published files have others",
        did_you_mean(name, known));
}

bool DmMath::published() const {
  return options().source() == "official" || !options().folder().empty() || options().download();
}

DataFiles DmMath::files() const {
  // They are named also while they are not read, for `modhost data prepare`.
  if (!published() && !has_data_folder()) return {};
  return collection_files(data_folder("dm_math", options().folder()), options().download());
}

std::filesystem::path DmMath::place() const {
  const auto folder = data_folder("dm_math", options().folder());
  if (const auto found = find_collection(folder)) return *found;
  const DataFiles files = this->files();
  return files.path(files.list.front().name);
}

Counts DmMath::counts() const { return {options().generated(), options().test()}; }

const Index& DmMath::index() const {
  if (!index_) index_ = index_of(place());
  return *index_;
}

const Module& DmMath::module() const {
  if (module_ != nullptr) return *module_;
  const std::string& name = options().module();
  PerPart<Pairs> pairs;
  if (published()) {
    pairs = read_pairs(place(), files_of_module(index(), name, place()));
  } else {
    pairs = generate(name, counts(), static_cast<uint64_t>(options().seed()));
  }
  module_ = std::make_shared<Module>(without_repeats(std::move(pairs)));
  return *module_;
}

std::string DmMath::characters() const {
  if (options().vocabulary() == "module") return characters_of(module());
  return published() ? index().characters : generated_characters();
}

Signature DmMath::signature() const {
  Signature out;
  const auto tokens = static_cast<int64_t>(characters().size()) + 1;
  out.input = Input::tokens;
  out.input_shape = {kLongestQuestion + 1};
  out.vocabulary = tokens;
  out.output = Output::tokens;
  out.output_shape = {kLongestAnswer + 1, tokens};
  return out;
}

std::vector<Task> DmMath::tasks() const {
  return {{"easy", "questions of train-easy; compared with hard ones"},
          {"medium", "questions of train-medium; compared with hard ones"},
          {"hard", "questions of train-hard; compared with easy ones"}};
}

std::string DmMath::describe() const {
  return count_text(all(Split::train)->size()) + " questions (" + options().module() + ", " +
         (published() ? "from " + place().string() : "generated") + ")";
}

const Division& DmMath::division(Part part) const {
  auto& division = divisions_[part];
  if (!division) division = divided(module().kept[part], options().test(), part_name(part));
  return *division;
}

std::vector<uint32_t> DmMath::chosen(Part part, Split split) const {
  if (part > Part::hard) return module().kept[part];
  const Division& division = this->division(part);
  if (split == Split::test) return division.test;
  const std::vector<uint32_t>& train = division.train;
  const auto count = static_cast<int64_t>(train.size()), held = options().validation();
  check(held < count, ErrorCode::config,
        "option 'dataset.validation' is " + std::to_string(held) + ", the training part of '" +
            part_name(part) + "' has only " + count_text(count) + " questions");
  if (split == Split::validation) return {train.end() - held, train.end()};
  const int64_t limit = options().train() == 0 ? count : options().train();
  return {train.begin(), train.begin() + std::min(limit, count - held)};
}

std::shared_ptr<const Source> DmMath::source(const std::vector<Part>& parts, Split split) const {
  module();  // before anything is asked of its parts
  std::vector<PairSource::Sample> samples;
  for (const Part part : parts) {
    for (const uint32_t at : chosen(part, split)) samples.emplace_back(part, at);
  }
  auto out = std::make_shared<PairSource>(module_, characters(), std::move(samples));
  if (split != Split::test) return out;
  // An evaluation of the first so many is one of all parts.
  const auto seed = derive_seed(static_cast<uint64_t>(options().seed()), "test");
  return subset(out, permutation(out->size(), seed));
}

std::shared_ptr<const Source> DmMath::all(Split split) const {
  if (split != Split::test) return source({kDifficulties.begin(), kDifficulties.end()}, split);
  std::vector<Part> parts;
  for (const std::string& name : options().test_on()) {
    const Part part = part_named(name);
    check(std::find(parts.begin(), parts.end(), part) == parts.end(), ErrorCode::config,
          "option 'dataset.test_on' names '" + name + "' twice");
    check(!module().kept[part].empty(), ErrorCode::config,
          "option 'dataset.test_on': module '" + options().module() + "' has no questions in '" +
              name + "'");
    parts.push_back(part);
  }
  return source(parts, Split::test);
}

std::shared_ptr<const Source> DmMath::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return source({part_named(name)}, split);
}

std::shared_ptr<const Source> DmMath::other(const std::string& name, Split split) const {
  check_task(*this, name);
  return source({name == "hard" ? Part::easy : Part::hard}, split);
}

void DmMath::export_to(const std::filesystem::path& folder) const {
  check(
      !published(), ErrorCode::usage,
      "'dataset.source' is official or 'dataset.folder' is set: these questions are files already");
  export_generated(folder, counts(), static_cast<uint64_t>(options().seed()));
}

}  // namespace modhost_dm_math
