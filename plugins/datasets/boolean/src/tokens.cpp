#include "tokens.h"

#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <map>

namespace modhost_boolean {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

Token named(const std::string& word, int line, int column) {
  static const std::map<std::string, std::string> signs = {
      {"not", "!"}, {"and", "&"}, {"xor", "^"}, {"or", "|"}};
  const auto sign = signs.find(word);
  if (sign != signs.end()) return {Token::Kind::sign, sign->second, line, column};
  return {Token::Kind::name, word, line, column};
}

}  // namespace

std::vector<Token> tokens_of(const std::string& text) {
  std::vector<Token> out;
  int line = 1;
  size_t begin = 0;  // of the line
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    const int column = static_cast<int>(at - begin) + 1;
    if (c == '\n' || c == ';') {
      out.push_back({Token::Kind::end, "the end of the statement", line, column});
      ++at;
      if (c == '\n') {
        ++line;
        begin = at;
      }
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at;
    } else if (c == '#') {
      while (at < text.size() && text[at] != '\n') ++at;
    } else if (in_name(c)) {
      size_t end = at;
      while (end < text.size() && in_name(text[end])) ++end;
      out.push_back(named(text.substr(at, end - at), line, column));
      at = end;
    } else {
      const std::string sign(1, c == '~' ? '!' : c);
      check(std::string("=!&^|()").find(sign) != std::string::npos, ErrorCode::config,
            "functions, line " + std::to_string(line) + ", column " + std::to_string(column) +
                ": '" + shown(std::string(1, c)) + "' means nothing here",
            "operators are ! & ^ |");
      out.push_back({Token::Kind::sign, sign, line, column});
      ++at;
    }
  }
  const int column = static_cast<int>(text.size() - begin) + 1;
  out.push_back({Token::Kind::end, "the end", line, column});
  out.push_back(out.back());  // so that there is always one more to look at
  return out;
}

}  // namespace modhost_boolean
