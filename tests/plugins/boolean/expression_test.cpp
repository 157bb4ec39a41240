// The language of functions: values by hand, and what is wrong where.
#include "expression.h"

#include <modhost/error.h>
#include <modhost/random.h>

#include <catch2/catch.hpp>

using namespace modhost;
using namespace modhost_boolean;
using Catch::Contains;

namespace {

// The truth table of the first output.
std::vector<int> table(const std::string& text) {
  const Functions functions = parse_functions(text);
  const auto all = evaluate_all(functions, functions.inputs);
  std::vector<int> out;
  for (size_t at = functions.outputs.at(0); at < all.size(); at += functions.list.size()) {
    out.push_back(all[at]);
  }
  return out;
}

std::string refusal(const std::string& text) {
  try {
    parse_functions(text);
  } catch (const Error& error) {
    return error.full();
  }
  return "accepted";
}

using Bits = std::vector<int>;

}  // namespace

TEST_CASE("operators and how tightly they bind", "[expression]") {
  CHECK(table("y0 = x0 & x1") == Bits{0, 0, 0, 1});
  CHECK(table("y0 = x0 | x1") == Bits{0, 1, 1, 1});
  CHECK(table("y0 = x0 ^ x1") == Bits{0, 1, 1, 0});
  CHECK(table("y0 = !x0 & x1") == Bits{0, 1, 0, 0});
  CHECK(table("y0 = !(x0 & x1)") == Bits{1, 1, 1, 0});
  CHECK(table("y0 = x0 | x1 & x2") == Bits{0, 0, 0, 1, 1, 1, 1, 1});
  CHECK(table("y0 = (x0 | x1) & x2") == Bits{0, 0, 0, 1, 0, 1, 0, 1});
  CHECK(table("y0 = x0 | x1 ^ x2") == Bits{0, 1, 1, 0, 1, 1, 1, 1});
  CHECK(table("y0 = x0 ^ x1 & x2") == Bits{0, 0, 0, 1, 1, 1, 1, 0});
  CHECK(table("y0 = not x0 and x1 or x0 xor 1") == Bits{1, 1, 0, 0});
  CHECK(table("y0 = ~x0") == table("y0 = !x0"));
  CHECK(table("y0 = x0 & 0") == Bits{0, 0});
}

TEST_CASE("functions may be used before they are defined", "[expression]") {
  const Functions found =
      parse_functions("y1 = !sum  # the negation\nsum = x0 ^ x2; y0 = sum & x1");
  CHECK(found.inputs == 3);
  REQUIRE(found.list.size() == 3);
  CHECK(found.list[0].name == "sum");
  REQUIRE(found.outputs.size() == 2);
  CHECK(found.list[found.outputs[0]].name == "y0");
  CHECK(table("y1 = !s; s = x0 ^ x2; y0 = s & x1") == Bits{0, 0, 0, 1, 0, 0, 1, 0});
  // Without numbers, what nobody reads.
  const Functions named = parse_functions("carry = x0 & x1\nhalf = x0 ^ x1\nboth = carry & half");
  REQUIRE(named.outputs.size() == 1);
  CHECK(named.list[named.outputs[0]].name == "both");
  CHECK(reads_of(named.list[2].term).functions.size() == 2);
}

TEST_CASE("errors say where", "[expression]") {
  CHECK_THAT(refusal(""), Contains("there are none"));
  CHECK_THAT(refusal("# nothing\n"), Contains("there are none"));
  CHECK_THAT(refusal("y0 = x0 &"), Contains("line 1, column 10: the formula ends here"));
  CHECK_THAT(refusal("a = x0\ny0 = a & & x1"), Contains("line 2, column 10: did not expect '&'"));
  CHECK_THAT(refusal("y0 = (x0 | x1"), Contains("expected ')'"));
  CHECK_THAT(refusal("y0 = x0 x1"), Contains("column 9: did not expect 'x1'"));
  CHECK_THAT(refusal("carry = x0; y0 = cary"), Contains("column 18: unknown name 'cary'"));
  CHECK_THAT(refusal("carry = x0; y0 = cary"), Contains("carry"));
  CHECK_THAT(refusal("a = b; b = x0 & a; y0 = a"), Contains("reads itself"));
  CHECK_THAT(refusal("y0 = y0"), Contains("reads itself"));
  CHECK_THAT(refusal("a = x0; a = x1"), Contains("column 9: 'a' is defined a second time"));
  CHECK_THAT(refusal("x1 = x0"), Contains("'x1' is an input"));
  CHECK_THAT(refusal("1 = x0"), Contains("begins with a letter"));
  CHECK_THAT(refusal("y0 x0"), Contains("column 4: expected '='"));
  CHECK_THAT(refusal("y0 = x0 + x1"), Contains("column 9: '+' means nothing here"));
  CHECK_THAT(refusal("y0 = x0; y2 = x1"), Contains("no 'y1'"));
  CHECK_THAT(refusal("y0 = x20"), Contains("at most 20 inputs"));
  CHECK_THAT(refusal("y0 = 1"), Contains("none of them reads an input"));
  CHECK_THAT(refusal("y0 = " + std::string(5000, '(') + "x0"), Contains("too many brackets"));
  CHECK_THAT(refusal("y0 = " + std::string(5000, '!') + "x0"), Contains("too many brackets"));
  CHECK_THAT(refusal(std::string(20000, ' ')), Contains("longer than"));
}

TEST_CASE("no text makes the parser crash", "[expression][fuzz]") {
  const std::vector<std::string> words = {"x0", "x1", "x2", "a", "y0 = ", "y1 = ", "a = ", "&",
                                          "^",  "|",  "!",  "(", ")",     "0",     "1",    " and ",
                                          "\n", ";",  "~",  " ", "#",     "-",     "\xff", "x99"};
  const std::string letters = "xy012=!&^|()~;\n #ab_-\t\xff";
  RandomStream random(1);
  int accepted = 0, refused = 0;
  for (int round = 0; round < 40000; ++round) {
    std::string text = round % 4 == 0 ? "" : "y0 = ";
    const auto length = static_cast<size_t>(random.below(24));
    while (text.size() < length) {
      if (round % 2 == 0) {
        text += letters[random.below(letters.size())];
      } else {
        text += words[random.below(words.size())];
      }
    }
    ++(refusal(text) == "accepted" ? accepted : refused);
  }
  CHECK(accepted > 100);
  CHECK(refused > 10000);
  // As deep as a text can be.
  std::string chain = "y0 = x0";
  while (chain.size() < 16000) chain += "^x1";
  CHECK(table(chain).size() == 4);
}
