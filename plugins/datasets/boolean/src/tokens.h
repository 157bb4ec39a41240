// The words of a text of functions.
#pragma once

#include <string>
#include <vector>

namespace modhost_boolean {

struct Token {
  enum class Kind { name, sign, end };  // names and numbers; one of = ! & ^ | ( ); of a statement
  Kind kind = Kind::end;
  std::string text;  // of operators that are words their sign
  int line = 1, column = 1;
};

// The last one is an end. Error(config) for a character that means nothing here.
std::vector<Token> tokens_of(const std::string& text);

}  // namespace modhost_boolean
