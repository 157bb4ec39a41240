#include "evaluate.h"

#include <stdexcept>

namespace dm_math_test {
namespace {

Jet product(const Jet& a, const Jet& b) {
  Jet out{};
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; i + j < a.size(); ++j) out[i + j] += a[i] * b[j];
  }
  return out;
}

class Parser {
 public:
  Parser(std::string_view text, const std::map<char, Jet>& letters)
      : text_(text), letters_(letters) {}

  Jet whole() {
    const Jet out = sum();
    if (at_ != text_.size()) fail();
    return out;
  }

 private:
  Jet sum() {
    const bool minus = take("-");
    Jet out = signed_by(minus, term());
    for (;;) {
      const bool plus = take(" + ");
      if (!plus && !take(" - ")) return out;
      const Jet next = signed_by(!plus, term());
      for (size_t i = 0; i < out.size(); ++i) out[i] += next[i];
    }
  }

  static Jet signed_by(bool minus, Jet value) {
    for (int64_t& part : value) part = minus ? -part : part;
    return value;
  }

  Jet term() {
    Jet out = factor();
    while (take("*")) out = product(out, factor());
    return out;
  }

  Jet factor() {
    const Jet base = atom();
    if (!take("**")) return base;
    Jet out{1};
    for (int64_t left = integer(); left > 0; --left) out = product(out, base);
    return out;
  }

  Jet atom() {
    if (at_ == text_.size()) fail();
    const auto letter = letters_.find(text_[at_]);
    if (letter == letters_.end()) return {integer()};
    ++at_;
    return letter->second;
  }

  int64_t integer() {
    const size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    if (begin == at_) fail();
    return std::stoll(std::string(text_.substr(begin, at_ - begin)));
  }

  bool take(std::string_view what) {
    if (text_.substr(at_, what.size()) != what) return false;
    // A power is no product.
    if (what == "*" && text_.substr(at_, 2) == "**") return false;
    at_ += what.size();
    return true;
  }

  [[noreturn]] void fail() const {
    throw std::runtime_error("no expression: '" + std::string(text_) + "' at " +
                             std::to_string(at_));
  }

  std::string_view text_;
  const std::map<char, Jet>& letters_;
  size_t at_ = 0;
};

}  // namespace

Jet evaluate(std::string_view text, const std::map<char, Jet>& letters) {
  return Parser(text, letters).whole();
}

__int128 exact(std::string_view text) {
  const bool minus = text.substr(0, 1) == "-";
  if (minus) text.remove_prefix(1);
  __int128 above = 0, below = 1;
  bool point = false;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '/') {
      below = std::stoll(std::string(text.substr(at + 1)));
      break;
    }
    if (text[at] == '.') {
      if (point) throw std::runtime_error("no number: " + std::string(text));
      point = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') {
      throw std::runtime_error("no number: " + std::string(text));
    }
    above = above * 10 + (text[at] - '0');
    if (point) below *= 10;
  }
  const __int128 units = above * kUnit;
  if (units % below != 0) throw std::runtime_error("too fine: " + std::string(text));
  return minus ? -(units / below) : units / below;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> out;
  for (;;) {
    const size_t end = text.find(separator);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + separator.size());
  }
}

}  // namespace dm_math_test
