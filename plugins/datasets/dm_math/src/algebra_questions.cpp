// algebra__linear_1d, calculus__differentiate and polynomials__collect.
#include <algorithm>

#include "level.h"
#include "polynomial.h"

namespace modhost_dm_math {
namespace {

constexpr int64_t kSizes[] = {20, 200, 5000, 5000};  // of coefficients, at most, by level

int64_t size_of(Level level) { return kSizes[static_cast<size_t>(level)]; }

// Both sides of an equation in the first letter.
struct Equation {
  Terms left, right;
};

// left - right at `x`.
int64_t excess(const Equation& equation, int64_t x) {
  int64_t out = 0;
  for (const Term& term : equation.left) out += term.coefficient * (term.powers[0] == 0 ? 1 : x);
  for (const Term& term : equation.right) out -= term.coefficient * (term.powers[0] == 0 ? 1 : x);
  return out;
}

// One that holds at `x`, whatever else it holds for.
Equation equation_for(Choice& choice, Level level, int64_t x) {
  const int64_t most = size_of(level);
  const auto unknown = [&] { return Term{choice.nonzero(most), {1, 0}}; };
  const auto constant = [&] { return Term{choice.nonzero(most), {0, 0}}; };
  Equation out{{unknown()}, {}};
  if (level == Level::easy) {
    if (choice.flip()) out.left.push_back(constant());
  } else {
    out.left.push_back(constant());
    out.right.push_back(unknown());
  }
  if (level == Level::hard) {
    for (int64_t more = choice.between(1, 3); more > 0; --more) {
      (choice.flip() ? out.left : out.right).push_back(choice.flip() ? unknown() : constant());
    }
  }
  if (level != Level::easy) choice.shuffle(out.left);
  // What makes it hold, on the right.
  out.right.push_back({excess(out, x), {0, 0}});
  choice.shuffle(out.right);
  if (choice.flip()) std::swap(out.left, out.right);
  return out;
}

bool has_one_solution(const Equation& equation) {
  return excess(equation, 1) != excess(equation, 0);
}

// `count` terms with powers of the first letter up to `degree`.
Terms random_terms(Choice& choice, int64_t count, int64_t degree, int64_t most) {
  Terms out;
  for (; count > 0; --count) {
    out.push_back({choice.nonzero(most), {static_cast<int>(choice.between(0, degree)), 0}});
  }
  return out;
}

struct Shape {
  int64_t fewest, most, degree;
};

Shape derived_shape(Level level) {
  if (level == Level::easy) return {1, 3, 3};
  return level == Level::medium ? Shape{2, 4, 4} : Shape{3, 5, 5};
}

Shape collected_shape(Level level) {
  if (level == Level::easy) return {3, 4, 1};
  return level == Level::medium ? Shape{4, 6, 2} : Shape{6, 9, 3};
}

// How often it is to be derived.
int times_of(Choice& choice, Level level) {
  return static_cast<int>(choice.between(1, level == Level::easy     ? 1
                                            : level == Level::medium ? 2
                                                                     : 3));
}

std::vector<std::string> derivative_patterns(int times) {
  static const std::string kOrdinals[] = {"", "first", "second", "third"};
  const std::string& ordinal = kOrdinals[times];
  std::vector<std::string> out = {"What is the " + ordinal + " derivative of {e} wrt {x}?",
                                  "Find the " + ordinal + " derivative of {e} wrt {x}."};
  if (times == 1) {
    out.emplace_back("What is the derivative of {e} wrt {x}?");
    out.emplace_back("Differentiate {e} with respect to {x}.");
    out.emplace_back("Differentiate {e} wrt {x}.");
  }
  return out;
}

}  // namespace

Pair linear_1d(Choice& choice, Level level) {
  const int64_t x =
      choice.between(level == Level::easy ? -50 : -200, level == Level::easy ? 50 : 200);
  const Equation equation = equation_for(choice, level, x);
  if (!has_one_solution(equation)) return {};
  const char letter = choice.letter();
  return {filled("Solve {l} = {r} for {x}.", {{'l', text_of(equation.left, {letter, ' '})},
                                              {'r', text_of(equation.right, {letter, ' '})},
                                              {'x', {letter}}}),
          std::to_string(x)};
}

Pair differentiate(Choice& choice, Level level) {
  const Shape shape = derived_shape(level);
  Terms terms =
      random_terms(choice, choice.between(shape.fewest, shape.most), shape.degree, size_of(level));
  const Letters letters = {choice.letter(), choice.letter()};
  const bool second_letter = level != Level::easy && letters[0] != letters[1] && choice.flip();
  for (Term& term : terms) {
    if (second_letter && choice.flip()) term.powers[1] = static_cast<int>(choice.between(1, 2));
  }
  const bool varies =
      std::any_of(terms.begin(), terms.end(), [](const Term& term) { return term.powers[0] > 0; });
  if (!varies) return {};
  const int times = times_of(choice, level);
  return {filled(choice.of(derivative_patterns(times)),
                 {{'e', text_of(terms, letters)}, {'x', {letters[0]}}}),
          text_of(derivative(terms, times), letters)};
}

Pair collect(Choice& choice, Level level) {
  const Shape shape = collected_shape(level);
  const Terms terms =
      random_terms(choice, choice.between(shape.fewest, shape.most), shape.degree, size_of(level));
  const Terms sum = collected(terms);
  if (sum.size() == terms.size()) return {};  // nothing to collect
  const Letters letters = {choice.letter(), ' '};
  return {filled("Collect the terms in {e}.", {{'e', text_of(terms, letters)}}),
          text_of(sum, letters)};
}

}  // namespace modhost_dm_math
