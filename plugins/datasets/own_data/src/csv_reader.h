// Rows of a CSV file, one after the other (RFC 4180, and what spreadsheets make of it).
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace modhost_own_data {

struct CsvRow {
  int64_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
};

// Cells may be quoted, with "" for a quote; rows end with LF, CR LF or CR; a byte order mark and
// empty lines are skipped. Memory does not grow with the file.
class CsvReader {
 public:
  // separator 0: the most frequent of comma, semicolon, tab and bar in the first line. Error(io)
  // when there is no such file.
  explicit CsvReader(const std::filesystem::path& file, char separator = 0);

  // False at the end. Error(data) with file and line: a quote that is not closed, text behind a
  // closing quote, bytes that are no text, a cell above 1 MiB, more than 100,000 cells.
  bool next(CsvRow& row);

  char separator() const { return separator_; }
  // "data.csv:12"
  std::string place(int64_t line) const;

 private:
  int peek();
  int take();
  void detect_separator();
  void end_line(int letter);
  void add(std::string& cell, int letter);
  void read_quoted(std::string& cell);
  void read_plain(std::string& cell);
  [[noreturn]] void fail(int64_t line, const std::string& what) const;

  std::string name_;
  std::ifstream stream_;
  std::string buffer_;
  size_t at_ = 0;
  char separator_;
  int64_t line_ = 1;
};

}  // namespace modhost_own_data
