#include "pairs.h"

#include <modhost/count_text.h>
#include <modhost/error.h>

#include <algorithm>

namespace modhost_dm_math {
namespace {

using modhost::count_text;

constexpr int64_t kMostPairs = 4'000'000;  // of a file; the published ones have up to 666,666
constexpr size_t kLongestLine = kLongestQuestion + 40;  // with the spaces around it

bool is_answer(int64_t line_number) { return line_number % 2 == 0; }

}  // namespace

std::string_view Pairs::question(int64_t index) const {
  const Place& place = places_[static_cast<size_t>(index)];
  return std::string_view(text_).substr(place.begin, place.question);
}

std::string_view Pairs::answer(int64_t index) const {
  const Place& place = places_[static_cast<size_t>(index)];
  return std::string_view(text_).substr(place.begin + place.question, place.answer);
}

void Pairs::add(std::string_view question, std::string_view answer) {
  places_.push_back({static_cast<uint32_t>(text_.size()), static_cast<uint8_t>(question.size()),
                     static_cast<uint8_t>(answer.size())});
  text_.append(question).append(answer);
}

void Pairs::drop_last() {
  text_.resize(places_.back().begin);
  places_.pop_back();
}

std::string_view stripped(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \r") + 1 - begin);
}

void PairReader::read(std::string_view piece) {
  while (!piece.empty()) {
    const size_t end = std::min(piece.find('\n'), piece.size());
    if (line_.size() + end > kLongestLine) {
      refuse("has more than " + std::to_string(kLongestLine) +
             " characters; questions have up to " + std::to_string(kLongestQuestion));
    }
    line_.append(piece.substr(0, end));
    if (end == piece.size()) return;
    end_line();
    piece.remove_prefix(end + 1);
  }
}

Pairs PairReader::finish() {
  if (!line_.empty()) end_line();  // the last line need not be ended
  if (is_answer(line_number_)) {
    --line_number_;
    refuse("is a question without an answer: the file has " + count_text(line_number_) +
               " lines, an odd number",
           "fetch it again");
  }
  return std::move(pairs_);
}

void PairReader::end_line() {
  const std::string_view text = stripped(line_);
  const bool answer = is_answer(line_number_);
  const int64_t longest = answer ? kLongestAnswer : kLongestQuestion;
  const auto strange =
      std::find_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; });
  if (strange != text.end()) {
    refuse("has the byte " + std::to_string(static_cast<unsigned char>(*strange)) + " at column " +
           std::to_string(strange - text.begin() + 1) + ", which is no printable ASCII");
  }
  if (text.empty())
    refuse(std::string("is empty; expected ") + (answer ? "an answer" : "a question"));
  if (static_cast<int64_t>(text.size()) > longest) {
    refuse("has " + std::to_string(text.size()) + " characters; " +
           (answer ? "answers" : "questions") + " have up to " + std::to_string(longest));
  }
  if (answer) {
    if (pairs_.size() == kMostPairs) refuse("goes beyond " + count_text(kMostPairs) + " questions");
    pairs_.add(question_, text);
  } else {
    question_ = text;
  }
  line_.clear();
  ++line_number_;
}

void PairReader::refuse(const std::string& what, const std::string& hint) const {
  throw modhost::Error(modhost::ErrorCode::data,
                       "line " + count_text(line_number_) + " of '" + file_ + "' " + what, hint);
}

}  // namespace modhost_dm_math
