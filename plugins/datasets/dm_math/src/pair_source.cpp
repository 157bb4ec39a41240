#include "pair_source.h"

#include <algorithm>

namespace modhost_dm_math {
namespace {

// One side of a batch.
struct Side {
  Tensor tokens;  // [n, longest]
  Tensor length;  // [n]
};

Side padded(const std::vector<std::string_view>& texts, const Vocabulary& vocabulary) {
  size_t longest = 0;
  for (const std::string_view text : texts) longest = std::max(longest, text.size() + 1);
  const auto count = static_cast<int64_t>(texts.size());
  const auto width = static_cast<int64_t>(longest);
  Side out{torch::zeros({count, width}, torch::kLong), torch::empty({count}, torch::kLong)};
  auto* row = out.tokens.data_ptr<int64_t>();
  auto* length = out.length.data_ptr<int64_t>();
  for (const std::string_view text : texts) {
    int64_t* end = std::transform(text.begin(), text.end(), row, [&](char letter) {
      return vocabulary.number[static_cast<size_t>(letter)];
    });
    *end = vocabulary.end;
    *length++ = static_cast<int64_t>(text.size()) + 1;
    row += width;
  }
  return out;
}

}  // namespace

Vocabulary::Vocabulary(const std::string& characters) {
  number.fill(-1);
  for (const char letter : characters) number[static_cast<size_t>(letter)] = end++;
}

Batch PairSource::load(const std::vector<int64_t>& indices) const {
  std::vector<std::string_view> questions, answers;
  for (const int64_t index : indices) {
    const auto& [part, at] = samples_[static_cast<size_t>(index)];
    questions.push_back(module_->pairs[part].question(at));
    answers.push_back(module_->pairs[part].answer(at));
  }
  const Side input = padded(questions, vocabulary_), target = padded(answers, vocabulary_);
  return {input.tokens, target.tokens, input.length, target.length};
}

}  // namespace modhost_dm_math
