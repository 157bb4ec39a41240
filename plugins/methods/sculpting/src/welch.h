// Is the mean of one sample greater than that of another with another variance?
#pragma once

#include <optional>
#include <vector>

namespace modhost_sculpting {

struct WelchTest {
  double t = 0;
  double freedom = 0;  // degrees of (Welch 1947, Satterthwaite 1946)
  double p = 1;        // of a t as large or larger if the means are equal
};

// Unset unless both have two values or more and one of them varies.
std::optional<WelchTest> welch_greater(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace modhost_sculpting
