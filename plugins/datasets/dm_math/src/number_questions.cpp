// arithmetic__add_or_sub and comparison__sort.
#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "level.h"
#include "number.h"

namespace modhost_dm_math {
namespace {

enum class Asked { sum, difference, distance };

struct Pattern {
  Asked asked;
  std::string text;
};

const std::vector<Pattern>& add_or_sub_patterns() {
  static const std::vector<Pattern> kPatterns = {
      {Asked::sum, "What is {a} + {b}?"},
      {Asked::sum, "Work out {a} + {b}."},
      {Asked::sum, "Calculate {a} + {b}."},
      {Asked::sum, "{a} + {b}"},
      {Asked::sum, "Add {a} and {b}."},
      {Asked::sum, "Put together {a} and {b}."},
      {Asked::sum, "Sum {a} and {b}."},
      {Asked::sum, "Total of {a} and {b}."},
      {Asked::difference, "What is {a} - {b}?"},
      {Asked::difference, "Work out {a} - {b}."},
      {Asked::difference, "Calculate {a} - {b}."},
      {Asked::difference, "{a} - {b}"},
      {Asked::difference, "Subtract {b} from {a}."},
      {Asked::difference, "What is {b} less than {a}?"},
      {Asked::difference, "What is {a} take away {b}?"},
      {Asked::distance, "What is the distance between {a} and {b}?"},
  };
  return kPatterns;
}

struct Digits {
  int64_t least, most;
  int places;  // behind the point, at most
};

Digits digits_of(Level level) {
  switch (level) {
    case Level::easy:
      return {1, 3, 0};
    case Level::medium:
      return {2, 6, 1};
    case Level::hard:
      return {4, 10, 3};
    case Level::beyond:
      break;
  }
  return {11, 14, 3};
}

Decimal operand(Choice& choice, const Digits& digits) {
  const Decimal out{choice.integer(digits.least, digits.most), 0};
  return digits.places > 0 && choice.flip()
             ? Decimal{out.units, static_cast<int>(choice.between(1, digits.places))}
             : out;
}

struct Order {
  bool falling;
  std::string text;
};

const std::vector<Order>& sort_patterns() {
  static const std::vector<Order> kPatterns = {
      {false, "Sort {l}."},
      {false, "Sort {l} in ascending order."},
      {false, "Sort {l} in increasing order."},
      {false, "Put {l} in ascending order."},
      {false, "Put {l} in increasing order."},
      {true, "Sort {l} in descending order."},
      {true, "Sort {l} in decreasing order."},
      {true, "Put {l} in descending order."},
      {true, "Put {l} in decreasing order."},
  };
  return kPatterns;
}

Quotient fraction(Choice& choice) {
  const int64_t below = choice.between(2, 9);
  const int64_t above = choice.nonzero(9);
  const int64_t common = std::gcd(above, below);
  Quotient out{above / common, below / common, ""};
  out.text = std::to_string(out.above);
  if (out.below > 1) out.text += "/" + std::to_string(out.below);
  return out;
}

Quotient decimal(Choice& choice) {
  const Decimal value{choice.integer(1, 3), static_cast<int>(choice.between(1, 2))};
  return {value.units, value.places == 1 ? 10 : 100, value.text()};
}

Quotient item(Choice& choice, Level level) {
  const int64_t digits = level == Level::easy ? 2 : level == Level::beyond ? 1 : 3;
  if (level == Level::medium && choice.between(0, 9) == 0) return decimal(choice);
  if (level == Level::hard && choice.between(0, 3) == 0) {
    return choice.flip() ? decimal(choice) : fraction(choice);
  }
  const int64_t value = choice.integer(1, digits);
  return {value, 1, std::to_string(value)};
}

int64_t items_of(Choice& choice, Level level) {
  switch (level) {
    case Level::easy:
      return choice.between(3, 4);
    case Level::medium:
      return choice.between(4, 5);
    case Level::hard:
      return choice.between(5, 7);
    case Level::beyond:
      break;
  }
  return choice.between(8, 9);
}

std::string listed(const std::vector<Quotient>& items) {
  std::string out;
  for (const Quotient& item : items) out += (out.empty() ? "" : ", ") + item.text;
  return out;
}

}  // namespace

Pair add_or_sub(Choice& choice, Level level) {
  const Pattern& pattern = choice.of(add_or_sub_patterns());
  const Decimal a = operand(choice, digits_of(level)), b = operand(choice, digits_of(level));
  Decimal answer = pattern.asked == Asked::sum ? a + b : a - b;
  if (pattern.asked == Asked::distance) answer.units = std::abs(answer.units);
  return {filled(pattern.text, {{'a', a.text()}, {'b', b.text()}}), answer.text()};
}

Pair sort(Choice& choice, Level level) {
  std::vector<Quotient> items;
  for (int64_t left = items_of(choice, level); left > 0;) {
    Quotient next = item(choice, level);
    if (std::find(items.begin(), items.end(), next) != items.end()) continue;
    items.push_back(std::move(next));
    --left;
  }
  const Order& order = choice.of(sort_patterns());
  const std::string question = filled(order.text, {{'l', listed(items)}});
  std::sort(items.begin(), items.end());
  if (order.falling) std::reverse(items.begin(), items.end());
  return {question, listed(items)};
}

}  // namespace modhost_dm_math
