#include "pairs.h"

#include "temporary.h"

using namespace modhost_dm_math;
using dm_math_test::refusal;

namespace {

Pairs read(std::string_view text, size_t piece = 1 << 20) {
  PairReader reader("part.txt");
  for (size_t at = 0; at < text.size(); at += piece) reader.read(text.substr(at, piece));
  return reader.finish();
}

std::string joined(const Pairs& pairs) {
  std::string out;
  for (int64_t i = 0; i < pairs.size(); ++i) {
    out.append(pairs.question(i)).append("|").append(pairs.answer(i)).append(";");
  }
  return out;
}

std::string refused(const std::string& text) {
  return refusal([&] { read(text); });
}

}  // namespace

TEST_CASE("lines become pairs, wherever the file is cut into pieces", "[dm_math]") {
  const std::string text = "What is 1 + 1?\n2\n 3 + 4 \r\n7\r\nSort 2, 1.\n1, 2\n";
  const std::string expected = "What is 1 + 1?|2;3 + 4|7;Sort 2, 1.|1, 2;";
  for (size_t piece = 1; piece <= text.size(); ++piece)
    CHECK(joined(read(text, piece)) == expected);
  CHECK(joined(read(text.substr(0, text.size() - 1))) == expected);  // no line end at the end
  CHECK(read("").size() == 0);
}

TEST_CASE("the last pair can be dropped", "[dm_math]") {
  Pairs pairs = read("1 + 1\n2\n3 + 4\n7\n");
  pairs.drop_last();
  pairs.add("5 + 6", "11");
  CHECK(joined(pairs) == "1 + 1|2;5 + 6|11;");
}

TEST_CASE("what is no list of questions and answers is refused with its line", "[dm_math]") {
  const std::string good = "1 + 1\n2\n";
  CHECK(refused(good + "3 + 4\n") ==
        "line 3 of 'part.txt' is a question without an answer: the file has 3 lines, an odd "
        "number; fetch it again");
  CHECK(refused(good + "\n7\n") == "line 3 of 'part.txt' is empty; expected a question");
  CHECK(refused(good + "3 + 4\n  \n") == "line 4 of 'part.txt' is empty; expected an answer");
  CHECK(refused(good + "3 \xc3\x97 4\n12\n") ==
        "line 3 of 'part.txt' has the byte 195 at column 3, which is no printable ASCII");
  CHECK(refused(good + "a\tb\n12\n") ==
        "line 3 of 'part.txt' has the byte 9 at column 2, which is no printable ASCII");
  CHECK(refused(good + std::string(161, '1') + "\n1\n") ==
        "line 3 of 'part.txt' has 161 characters; questions have up to 160");
  CHECK(refused(good + "1\n" + std::string(31, '1') + "\n") ==
        "line 4 of 'part.txt' has 31 characters; answers have up to 30");
  CHECK(refused(good + std::string(1 << 20, '1')) ==
        "line 3 of 'part.txt' has more than 200 characters; questions have up to 160");
  CHECK(read(std::string(160, '1') + "\n" + std::string(30, '2')).answer(0).size() == 30);
}
