// How hard a generated question is, and the random choices that all kinds of questions share.
#pragma once

#include <modhost/random.h>

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_dm_math {

enum class Level { easy, medium, hard, beyond };  // beyond: for the part extrapolate

struct Pair {
  std::string question, answer;
};

class Choice {
 public:
  explicit Choice(uint64_t seed) : random_(seed) {}

  // low .. high
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_.below(static_cast<uint64_t>(high - low + 1)));
  }
  // -most .. most without 0
  int64_t nonzero(int64_t most) {
    const int64_t value = between(1, most);
    return flip() ? -value : value;
  }
  // An integer of one to `most_digits` digits, each number of digits equally often, with a sign.
  int64_t integer(int64_t least_digits, int64_t most_digits) {
    int64_t bound = 1;
    for (int64_t left = between(least_digits, most_digits); left > 0; --left) bound *= 10;
    const int64_t value = between(0, bound - 1);
    return flip() ? -value : value;
  }
  bool flip() { return random_.below(2) == 0; }
  template <typename T>
  const T& of(const std::vector<T>& items) {
    return items[static_cast<size_t>(random_.below(items.size()))];
  }
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (size_t left = items.size(); left > 1; --left) {
      std::swap(items[left - 1], items[static_cast<size_t>(random_.below(left))]);
    }
  }
  // Letters that stand for numbers; e and i are left out.
  char letter() {
    static const std::string kLetters = "abcdfghjklmnopqrstuvwxyz";
    return kLetters[static_cast<size_t>(random_.below(kLetters.size()))];
  }

 private:
  modhost::RandomStream random_;
};

// One question of each kind; now and then one that is too long or that asks nothing, which
// generate() throws away.
Pair add_or_sub(Choice& choice, Level level);
Pair linear_1d(Choice& choice, Level level);
Pair differentiate(Choice& choice, Level level);
Pair sort(Choice& choice, Level level);
Pair collect(Choice& choice, Level level);

// `pattern` with each {key} replaced, keys being single letters: filled("What is {a} + {b}?",
// {{'a', "1"}, {'b', "2"}}).
std::string filled(const std::string& pattern,
                   const std::vector<std::pair<char, std::string>>& texts);

}  // namespace modhost_dm_math
