// Which questions have been seen: a hash table that holds their places, not their texts.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "pairs.h"
#include "part.h"

namespace modhost_dm_math {

class QuestionSet {
 public:
  // For at most `most` questions, all in `pairs`, which must outlive the set.
  QuestionSet(const PerPart<Pairs>& pairs, int64_t most) : pairs_(pairs) {
    size_t size = 16;
    while (size < 2 * static_cast<size_t>(most)) size *= 2;
    slots_.assign(size, kFree);
  }

  // Whether the question is a new one.
  bool insert(Part part, int64_t index) {
    const std::string_view question = pairs_[part].question(index);
    const size_t mask = slots_.size() - 1;
    size_t at = std::hash<std::string_view>{}(question)&mask;
    for (; slots_[at] != kFree; at = (at + 1) & mask) {
      if (pairs_[part_of(slots_[at])].question(index_of(slots_[at])) == question) return false;
    }
    slots_[at] = static_cast<uint32_t>(part) | static_cast<uint32_t>(index) << kPartBits;
    return true;
  }

 private:
  static constexpr int kPartBits = 3;
  static constexpr uint32_t kFree = UINT32_MAX;  // would be a part that there is not
  static Part part_of(uint32_t slot) { return static_cast<Part>(slot & ((1 << kPartBits) - 1)); }
  static int64_t index_of(uint32_t slot) { return slot >> kPartBits; }

  const PerPart<Pairs>& pairs_;
  std::vector<uint32_t> slots_;
};

}  // namespace modhost_dm_math
