#include "generator.h"

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

#include "evaluate.h"
#include "module.h"
#include "number.h"
#include "temporary.h"

using namespace modhost_dm_math;
using namespace dm_math_test;

namespace {

constexpr Counts kCounts{3000, 1000};

// The words of a question around its numbers, as patterns of the published data say them.
std::smatch matched(const std::string& text, const std::string& pattern) {
  std::smatch out;
  static std::map<std::string, std::regex> known;
  static std::set<std::string> texts;  // matches point into them
  auto& regex = known.try_emplace(pattern, pattern).first->second;
  std::regex_match(*texts.insert(text).first, out, regex);
  return out;
}

bool right_sum(const std::string& question, const std::string& answer) {
  const std::string n = "(-?[0-9]+(?:\\.[0-9]+)?)";
  const auto is = [&](const std::string& pattern, int a, int b, int sign) {
    const auto found = matched(question, pattern);
    if (found.empty()) return false;
    __int128 value = exact(found[a].str()) + sign * exact(found[b].str());
    if (question.find("distance") != std::string::npos && value < 0) value = -value;
    CHECK(exact(answer) == value);
    return exact(answer) == value;
  };
  return is("(?:What is |Work out |Calculate )?" + n + " \\+ " + n + "[.?]?", 1, 2, 1) ||
         is("(?:What is |Work out |Calculate )?" + n + " - " + n + "[.?]?", 1, 2, -1) ||
         is("(?:Add|Put together|Sum|Total of) " + n + " and " + n + "\\.", 1, 2, 1) ||
         is("Subtract " + n + " from " + n + "\\.", 2, 1, -1) ||
         is("What is " + n + " less than " + n + "\\?", 2, 1, -1) ||
         is("What is " + n + " take away " + n + "\\?", 1, 2, -1) ||
         is("What is the distance between " + n + " and " + n + "\\?", 1, 2, -1);
}

bool right_solution(const std::string& question, const std::string& answer) {
  const auto found = matched(question, "Solve (.*) = (.*) for ([a-z])\\.");
  if (found.empty()) return false;
  const int64_t x = std::stoll(answer);
  const auto excess = [&](int64_t at) {
    const std::map<char, Jet> letters = {{found[3].str()[0], Jet{at}}};
    return evaluate(found[1].str(), letters)[0] - evaluate(found[2].str(), letters)[0];
  };
  return std::to_string(x) == answer && excess(x) == 0 && excess(x + 1) != 0;
}

// Distinct letters of an expression.
std::string letters_of(const std::string& text) {
  std::set<char> out;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z') out.insert(c);
  }
  return {out.begin(), out.end()};
}

// No two terms of a polynomial that is written out have the same letters and powers.
bool is_collected(const std::string& text) {
  std::set<std::string> seen;
  for (std::string term : split(std::regex_replace(text, std::regex(" - "), " + "), " + ")) {
    if (term[0] == '-') term.erase(0, 1);
    const size_t letter = term.find_first_not_of("0123456789*");
    if (!seen.insert(letter == std::string::npos ? "" : term.substr(letter)).second) return false;
    if (term == "0" && text != "0") return false;
  }
  return true;
}

bool right_derivative(const std::string& question, const std::string& answer) {
  auto found = matched(question,
                       "(?:What is|Find) the (?:(first|second|third) )?derivative of (.*) "
                       "wrt ([a-z])[?.]");
  if (found.empty()) {
    found = matched(question, "Differentiate()() (.*) (?:wrt|with respect to) ([a-z])\\.");
  }
  if (found.empty()) return false;
  const std::string ordinal = found[1].str();
  const bool short_form = found.size() == 5;
  const std::string text = found[short_form ? 3 : 2].str();
  const char x = found[short_form ? 4 : 3].str()[0];
  const size_t order = ordinal == "third" ? 3 : ordinal == "second" ? 2 : 1;
  const int64_t factorial = order == 3 ? 6 : static_cast<int64_t>(order);
  for (int64_t at = -4; at <= 6; ++at) {
    std::map<char, Jet> letters;
    for (const char letter : letters_of(text + answer)) letters[letter] = {at * 3 - 5};
    letters[x] = {at, 1};
    if (evaluate(text, letters)[order] * factorial != evaluate(answer, letters)[0]) return false;
  }
  return is_collected(answer);
}

bool right_order(const std::string& question, const std::string& answer) {
  const auto found = matched(
      question, "(?:Sort|Put) (.*?)( in (ascending|increasing|descending|decreasing) order)?\\.");
  if (found.empty()) return false;
  auto items = split(found[1].str(), ", ");
  auto sorted = split(answer, ", ");
  const bool falling = found[3].str()[0] == 'd';
  for (size_t i = 1; i < sorted.size(); ++i) {
    const auto a = exact(sorted[i - 1]), b = exact(sorted[i]);
    if (falling ? a <= b : a >= b) return false;
  }
  std::sort(items.begin(), items.end());
  std::sort(sorted.begin(), sorted.end());
  return items == sorted;
}

bool right_collection(const std::string& question, const std::string& answer) {
  const auto found = matched(question, "Collect the terms in (.*)\\.");
  if (found.empty()) return false;
  for (int64_t at = -4; at <= 6; ++at) {
    std::map<char, Jet> letters;
    for (const char letter : letters_of(question)) letters[letter] = {at};
    if (evaluate(found[1].str(), letters)[0] != evaluate(answer, letters)[0]) return false;
  }
  return is_collected(answer) && !is_collected(found[1].str());
}

using Judge = std::function<bool(const std::string&, const std::string&)>;

const std::map<std::string, Judge>& judges() {
  static const std::map<std::string, Judge> kJudges = {
      {"algebra__linear_1d", right_solution},
      {"arithmetic__add_or_sub", right_sum},
      {"calculus__differentiate", right_derivative},
      {"comparison__sort", right_order},
      {"polynomials__collect", right_collection}};
  return kJudges;
}

std::vector<std::pair<std::string, std::string>> all_of(const Pairs& pairs) {
  std::vector<std::pair<std::string, std::string>> out;
  for (int64_t i = 0; i < pairs.size(); ++i) out.emplace_back(pairs.question(i), pairs.answer(i));
  return out;
}

}  // namespace

TEST_CASE("the judge of answers tells right from wrong", "[dm_math]") {
  CHECK(right_solution("Solve 3*x + 2 = 8 for x.", "2"));
  CHECK_FALSE(right_solution("Solve 3*x + 2 = 8 for x.", "3"));
  CHECK_FALSE(right_solution("Solve 3*x = 3*x for x.", "3"));
  CHECK(right_solution("Solve 24 = 1601*c - 1605*c for c.", "-6"));
  CHECK(right_derivative("What is the derivative of 2*x**2 + 1 wrt x?", "4*x"));
  CHECK_FALSE(right_derivative("What is the derivative of 2*x**2 + 1 wrt x?", "2*x"));
  CHECK(right_derivative("Find the third derivative of a*x**4 - x wrt x.", "24*a*x"));
  CHECK_FALSE(right_derivative("Differentiate x**2 + x with respect to x.", "x + x + 1"));
  CHECK(right_order("Sort -3, 2, 0.", "-3, 0, 2"));
  CHECK_FALSE(right_order("Sort -3, 2, 0.", "2, 0, -3"));
  CHECK(right_order("Put 1/3, -2, 0.4 in descending order.", "0.4, 1/3, -2"));
  CHECK(right_collection("Collect the terms in 2*x + 3 - x.", "x + 3"));
  CHECK_FALSE(right_collection("Collect the terms in 2*x + 3 - x.", "2*x - x + 3"));
  CHECK(right_sum("What is 17 - -3?", "20"));
  CHECK(exact("-0.05") * 20 == -kUnit);
}

TEST_CASE("every generated answer is right and no question comes twice", "[dm_math]") {
  REQUIRE(generated_modules().size() == judges().size());
  std::set<char> characters;
  for (const auto& [module, judge] : judges()) {
    CAPTURE(module);
    const PerPart<Pairs> parts = generate(module, kCounts, 5);
    std::set<std::string> questions;
    for (const Part part : kParts) {
      const auto pairs = all_of(parts[part]);
      const bool there = !generated_file(module, part).empty();
      CHECK(static_cast<int64_t>(pairs.size()) == (part <= Part::hard ? kCounts.difficulty
                                                   : there            ? kCounts.test
                                                                      : 0));
      for (const auto& [question, answer] : pairs) {
        CAPTURE(question, answer);
        REQUIRE(judge(question, answer));
        REQUIRE(questions.insert(question).second);
        REQUIRE(question.size() <= kLongestQuestion);
        REQUIRE(answer.size() <= kLongestAnswer);
        characters.insert(question.begin(), question.end());
        characters.insert(answer.begin(), answer.end());
      }
    }
  }
  CHECK(std::string(characters.begin(), characters.end()) == generated_characters());
}

TEST_CASE("questions grow with the difficulty and depend on the seed alone", "[dm_math]") {
  for (const std::string& module : generated_modules()) {
    CAPTURE(module);
    const auto parts = generate(module, Counts{500, 100}, 1);
    const auto mean_length = [&](Part part) {
      double total = 0;
      for (const auto& [question, answer] : all_of(parts[part])) total += question.size();
      return total / static_cast<double>(parts[part].size());
    };
    CHECK(mean_length(Part::easy) * 1.1 < mean_length(Part::medium));
    CHECK(mean_length(Part::medium) * 1.1 < mean_length(Part::hard));
    const auto again = generate(module, Counts{500, 100}, 1),
               other = generate(module, Counts{500, 100}, 2);
    for (const Part part : kParts) {
      CHECK(all_of(again[part]) == all_of(parts[part]));
      if (parts[part].size() > 0) CHECK(all_of(other[part]) != all_of(parts[part]));
    }
  }
}

TEST_CASE("decimals are exact and as short as they can be", "[dm_math]") {
  CHECK(Decimal{-5, 2}.text() == "-0.05");
  CHECK(Decimal{1200, 2}.text() == "12");
  CHECK(Decimal{0, 3}.text() == "0");
  CHECK((Decimal{1, 1} + Decimal{2, 1}).text() == "0.3");
  CHECK((Decimal{17, 0} - Decimal{-3, 0}).text() == "20");
  CHECK((Decimal{99999999999999, 0} - Decimal{1, 3}).text() == "99999999999998.999");
}
