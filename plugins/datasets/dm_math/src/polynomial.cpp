#include "polynomial.h"

#include <cstdlib>
#include <functional>
#include <map>

namespace modhost_dm_math {
namespace {

// Without the sign.
std::string text_of(const Term& term, Letters letters) {
  std::string out;
  const int64_t size = std::abs(term.coefficient);
  const bool constant = term.powers == std::array<int, 2>{};
  if (size != 1 || constant) out = std::to_string(size);
  for (size_t i = 0; i < letters.size(); ++i) {
    const int power = term.powers[i];
    if (power == 0) continue;
    if (!out.empty()) out += "*";
    out += letters[i];
    if (power > 1) out += "**" + std::to_string(power);
  }
  return out;
}

}  // namespace

std::string text_of(const Terms& terms, Letters letters) {
  std::string out;
  for (const Term& term : terms) {
    if (term.coefficient == 0) continue;
    const bool minus = term.coefficient < 0;
    out += out.empty() ? (minus ? "-" : "") : (minus ? " - " : " + ");
    out += text_of(term, letters);
  }
  return out.empty() ? "0" : out;
}

Terms collected(const Terms& terms) {
  std::map<std::array<int, 2>, int64_t, std::greater<>> sums;
  for (const Term& term : terms) sums[term.powers] += term.coefficient;
  Terms out;
  for (const auto& [powers, sum] : sums) {
    if (sum != 0) out.push_back({sum, powers});
  }
  return out;
}

Terms derivative(Terms terms, int times) {
  for (; times > 0; --times) {
    for (Term& term : terms) {
      term.coefficient *= term.powers[0];
      if (term.powers[0] > 0) --term.powers[0];
    }
  }
  return collected(terms);
}

}  // namespace modhost_dm_math
