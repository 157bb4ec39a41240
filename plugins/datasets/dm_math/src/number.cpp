#include "number.h"

#include <cstdlib>

namespace modhost_dm_math {
namespace {

Decimal with_places(Decimal value, int places) {
  for (; value.places < places; ++value.places) value.units *= 10;
  return value;
}

}  // namespace

std::string Decimal::text() const {
  Decimal shortest = *this;
  while (shortest.places > 0 && shortest.units % 10 == 0) {
    shortest.units /= 10;
    --shortest.places;
  }
  std::string digits = std::to_string(std::abs(shortest.units));
  const auto places = static_cast<size_t>(shortest.places);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  return (units < 0 ? "-" : "") + digits;
}

Decimal operator+(Decimal a, Decimal b) {
  a = with_places(a, b.places);
  b = with_places(b, a.places);
  return {a.units + b.units, a.places};
}

Decimal operator-(Decimal a, Decimal b) { return a + Decimal{-b.units, b.places}; }

bool operator<(const Quotient& a, const Quotient& b) {
  return a.above * b.below < b.above * a.below;
}

bool operator==(const Quotient& a, const Quotient& b) {
  return a.above * b.below == b.above * a.below;
}

}  // namespace modhost_dm_math
