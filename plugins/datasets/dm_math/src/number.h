// Exact numbers: integers, decimals and fractions.
#pragma once

#include <cstdint>
#include <string>

namespace modhost_dm_math {

// units / 10^places
struct Decimal {
  int64_t units = 0;
  int places = 0;

  std::string text() const;  // "-0.05"; no zeros at the end
};

Decimal operator+(Decimal a, Decimal b);
Decimal operator-(Decimal a, Decimal b);

// above / below, below > 0; as written in a question.
struct Quotient {
  int64_t above = 0;
  int64_t below = 1;
  std::string text;
};

bool operator<(const Quotient& a, const Quotient& b);
bool operator==(const Quotient& a, const Quotient& b);

}  // namespace modhost_dm_math
