// Functions of a few numbers, and outputs that are sums of them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace modhost_patterns {

struct Term {
  std::string name;  // of the task
  std::string help;
  std::function<double(const double* x)> value;
};

struct Terms {
  int64_t inputs = 0;
  std::vector<Term> list;            // K
  std::vector<uint8_t> coefficient;  // [outputs, K], 0 or 1

  int64_t outputs() const { return static_cast<int64_t>(coefficient.size() / list.size()); }
};

// The nine monomials x^a y^b with a, b in 0 .. 2, a slow and b fast, and all their 512 sums: output
// o has monomial k when bit 8 - k of o is set, so that the first monomial is the highest bit.
Terms polynomials();

enum class Formulas { fast, four };

// fast: sin 5x, cos 5x. four: sin x, log(x + 5.001), cos x, e^x, each divided, when `scaled`, by
// its standard deviation over U(-5, 5). One output each. streamed: each has an input of its own.
Terms formulas(Formulas which, bool streamed, bool scaled);

}  // namespace modhost_patterns
