// Tables for a terminal: columns as wide as their widest cell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace modhost::core {

// The columns that UTF-8 text takes on a terminal: one for each code point, none for combining
// marks, two for wide East Asian characters.
size_t display_width(std::string_view text);

// `text` cut between words into lines of at most `width` columns; a longer word stays whole,
// and so does a number with its percent sign.
std::vector<std::string> broken_lines(const std::string& text, size_t width);

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);

  // A row; missing cells are empty.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Lines that begin with `indent`; columns are two blanks apart and the last one is not padded.
  // A last column that would go beyond `width` is broken between words.
  std::string text(std::string_view indent = "", size_t width = 100) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace modhost::core
