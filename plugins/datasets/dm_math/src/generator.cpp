#include "generator.h"

#include <modhost/count_text.h>
#include <modhost/error.h>

#include <algorithm>

#include "level.h"
#include "question_set.h"

namespace modhost_dm_math {
namespace {

constexpr int64_t kPatience = 1000;  // questions thrown away in a row before it is given up

struct Kind {
  const char* module;
  Pair (*ask)(Choice&, Level);
  const char* extrapolated;  // what the name of that file ends in
};

constexpr Kind kKinds[] = {{"algebra__linear_1d", linear_1d, nullptr},
                           {"arithmetic__add_or_sub", add_or_sub, "_big"},
                           {"calculus__differentiate", differentiate, nullptr},
                           {"comparison__sort", sort, "_more"},
                           {"polynomials__collect", collect, nullptr}};

const Kind& kind_of(const std::string& module) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& kind) { return kind.module == module; });
  modhost::check(found != std::end(kKinds), modhost::ErrorCode::internal,
                 "no generated module '" + module + "'");
  return *found;
}

Level level_in(Part part, Choice& choice) {
  if (part == Part::extrapolate) return Level::beyond;
  if (part == Part::interpolate) return static_cast<Level>(choice.between(0, 2));
  return static_cast<Level>(part);
}

bool fits(const Pair& pair) {
  return !pair.question.empty() && pair.question.size() <= kLongestQuestion &&
         pair.answer.size() <= kLongestAnswer;
}

}  // namespace

std::string filled(const std::string& pattern,
                   const std::vector<std::pair<char, std::string>>& texts) {
  std::string out;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '{') {
      out += pattern[at];
      continue;
    }
    for (const auto& [key, text] : texts) {
      if (key == pattern[at + 1]) out += text;
    }
    at += 2;
  }
  return out;
}

std::vector<std::string> generated_modules() {
  std::vector<std::string> out;
  for (const Kind& kind : kKinds) out.emplace_back(kind.module);
  return out;
}

std::string generated_file(const std::string& module, Part part) {
  if (part != Part::extrapolate) return module;
  const char* ending = kind_of(module).extrapolated;
  return ending == nullptr ? "" : module + ending;
}

std::string generated_characters() {
  return " *+,-./0123456789=?ACDFPSTWabcdefghijklmnopqrstuvwxyz";
}

PerPart<Pairs> generate(const std::string& module, const Counts& counts, uint64_t seed) {
  const Kind& kind = kind_of(module);
  PerPart<Pairs> out;
  QuestionSet seen(out, kDifficulties.size() * counts.difficulty + 2 * counts.test);
  for (const Part part : kParts) {
    if (generated_file(module, part).empty()) continue;
    Choice choice(modhost::derive_seed(modhost::derive_seed(seed, module), part_name(part)));
    const int64_t count = part <= Part::hard ? counts.difficulty : counts.test;
    Pairs& pairs = out[part];
    for (int64_t wasted = 0; pairs.size() < count;) {
      modhost::check(wasted++ < kPatience, modhost::ErrorCode::config,
                     "module '" + module + "' has no more than about " +
                         modhost::count_text(pairs.size()) + " different questions in '" +
                         part_name(part) + "', " + modhost::count_text(count) + " are asked for",
                     "lower 'dataset.generated' or 'dataset.test'");
      const Pair pair = kind.ask(choice, level_in(part, choice));
      if (!fits(pair)) continue;
      pairs.add(pair.question, pair.answer);
      if (seen.insert(part, pairs.size() - 1)) {
        wasted = 0;
      } else {
        pairs.drop_last();
      }
    }
  }
  return out;
}

}  // namespace modhost_dm_math
