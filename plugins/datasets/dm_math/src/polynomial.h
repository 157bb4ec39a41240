// Sums of terms like -3*x**2*y with integer coefficients, as they are written in questions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace modhost_dm_math {

struct Term {
  int64_t coefficient = 0;
  std::array<int, 2> powers{};  // of the two letters
};

using Terms = std::vector<Term>;
using Letters = std::array<char, 2>;

// "3*x**2 - x + 4" in the order of `terms`; those with coefficient 0 are left out, "0" when none is
// left.
std::string text_of(const Terms& terms, Letters letters);

// Terms of equal powers added up, by falling powers of the first letter, then of the second; none
// has coefficient 0.
Terms collected(const Terms& terms);

// `times` times by the first letter.
Terms derivative(Terms terms, int times);

}  // namespace modhost_dm_math
