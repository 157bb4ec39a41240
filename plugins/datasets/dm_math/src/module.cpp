#include "module.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/numpy_random.h>

#include <algorithm>
#include <bitset>
#include <functional>

#include "question_set.h"
#include "text_files.h"

namespace modhost_dm_math {
namespace {

constexpr uint32_t kPublishedSeed = 1234;

class ModuleVisitor : public Visitor {
 public:
  explicit ModuleVisitor(const PerPart<std::string>& files) : files_(files) {
    left_ = std::count_if(files.all.begin(), files.all.end(),
                          [](const std::string& name) { return !name.empty(); });
  }

  bool wants(const TextFile& file) override {
    if (file.module != files_[file.part]) return false;
    part_ = file.part;
    reader_ = PairReader(file.place);
    return true;
  }
  void read(std::string_view piece) override { reader_.read(piece); }
  void finish() override {
    pairs_[part_] = reader_.finish();
    --left_;
  }
  bool done() const override { return left_ == 0; }

  PerPart<Pairs> take() { return std::move(pairs_); }

 private:
  const PerPart<std::string>& files_;
  std::ptrdiff_t left_;
  Part part_ = Part::easy;
  PairReader reader_{""};
  PerPart<Pairs> pairs_;
};

}  // namespace

Module without_repeats(PerPart<Pairs> pairs) {
  Module out{std::move(pairs)};
  int64_t most = 0;
  for (const Part part : kParts) most += out.pairs[part].size();
  QuestionSet seen(out.pairs, most);
  for (const Part part : kParts) {
    for (int64_t i = 0; i < out.pairs[part].size(); ++i) {
      if (seen.insert(part, i)) out.kept[part].push_back(static_cast<uint32_t>(i));
    }
  }
  return out;
}

PerPart<Pairs> read_pairs(const std::filesystem::path& place, const PerPart<std::string>& files) {
  ModuleVisitor visitor(files);
  visit(place, visitor);
  return visitor.take();
}

std::string characters_of(const Module& module) {
  std::bitset<128> seen;
  const auto add = [&](std::string_view text) {
    for (const char letter : text) seen.set(static_cast<size_t>(letter));
  };
  for (const Part part : kParts) {
    const Pairs& pairs = module.pairs[part];
    for (const uint32_t index : module.kept[part]) {
      add(pairs.question(index));
      add(pairs.answer(index));
    }
  }
  std::string out;
  for (size_t letter = 0; letter < seen.size(); ++letter) {
    if (seen.test(letter)) out += static_cast<char>(letter);
  }
  return out;
}

Division divided(const std::vector<uint32_t>& kept, int64_t test, const std::string& name) {
  const auto count = static_cast<int64_t>(kept.size());
  modhost::check(test < count, modhost::ErrorCode::config,
                 "option 'dataset.test' is " + std::to_string(test) + ", but '" + name +
                     "' has only " + modhost::count_text(count) + " questions",
                 "take fewer");
  std::vector<bool> chosen(kept.size(), false);
  const auto order = modhost::NumpyRandom(kPublishedSeed).permutation(count);
  for (int64_t i = 0; i < test; ++i)
    chosen[static_cast<size_t>(order[static_cast<size_t>(i)])] = true;
  Division out;
  for (size_t i = 0; i < kept.size(); ++i) (chosen[i] ? out.test : out.train).push_back(kept[i]);
  return out;
}

}  // namespace modhost_dm_math
