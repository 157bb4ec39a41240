// Questions with their answers, one part of a module: the text files have a question and its answer
// on alternating lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modhost_dm_math {

// What the published questions and answers keep to (Saxton et al. 2019, section 2).
constexpr int64_t kLongestQuestion = 160;  // characters
constexpr int64_t kLongestAnswer = 30;

// Kept as one text, because a published part has 666,666 of them.
class Pairs {
 public:
  int64_t size() const { return static_cast<int64_t>(places_.size()); }
  std::string_view question(int64_t index) const;
  std::string_view answer(int64_t index) const;
  void add(std::string_view question, std::string_view answer);
  void drop_last();

 private:
  struct Place {
    uint32_t begin;
    uint8_t question, answer;  // lengths
  };
  std::string text_;
  std::vector<Place> places_;
};

// Reads a file that comes in pieces, wherever they are cut. All that is refused is an Error(data)
// with the file and the line: empty lines, lines that are too long, characters that are no
// printable ASCII, a question without an answer, more than 4 million pairs.
class PairReader {
 public:
  explicit PairReader(std::string file) : file_(std::move(file)) {}
  void read(std::string_view piece);
  Pairs finish();

 private:
  void end_line();
  [[noreturn]] void refuse(const std::string& what, const std::string& hint = "") const;

  std::string file_;
  std::string line_;      // what is known of the current line
  std::string question_;  // of the line before, when the current one is its answer
  int64_t line_number_ = 1;
  Pairs pairs_;
};

// `text` without the spaces and the carriage return around it.
std::string_view stripped(std::string_view text);

}  // namespace modhost_dm_math
