#include "csv_reader.h"

#include <modhost/error.h>
#include <modhost/files.h>

#include <algorithm>

namespace modhost_own_data {
namespace {

using modhost::Error;
using modhost::ErrorCode;

constexpr int kEnd = -1;
constexpr size_t kPiece = size_t{1} << 16;
constexpr size_t kLongestCell = size_t{1} << 20;
constexpr size_t kMostCells = 100'000;
constexpr const char* kSeparators = ",;\t|";

bool ends_line(int letter) { return letter == '\n' || letter == '\r'; }

}  // namespace

CsvReader::CsvReader(const std::filesystem::path& file, char separator)
    : name_(file.string()), separator_(separator) {
  modhost::read_start(file, 0);  // a good error when it is missing, a folder, ...
  stream_.open(file, std::ios::binary);
  peek();
  if (buffer_.compare(0, 3, "\xEF\xBB\xBF") == 0) at_ = 3;
  if (buffer_.compare(0, 2, "\xFF\xFE") == 0 || buffer_.compare(0, 2, "\xFE\xFF") == 0) {
    fail(1, "is UTF-16, needed UTF-8");
  }
  if (separator_ == 0) detect_separator();
}

std::string CsvReader::place(int64_t line) const { return name_ + ":" + std::to_string(line); }

void CsvReader::fail(int64_t line, const std::string& what) const {
  throw Error(ErrorCode::data, place(line) + ": " + what);
}

// The first line lies in the first piece, or enough of it.
void CsvReader::detect_separator() {
  const std::string all = kSeparators;
  std::vector<size_t> count(all.size());
  bool quoted = false;
  for (size_t at = at_; at < buffer_.size(); ++at) {
    const char letter = buffer_[at];
    if (letter == '"') quoted = !quoted;
    if (quoted) continue;
    if (ends_line(letter)) break;
    const size_t which = all.find(letter);
    if (which != std::string::npos) ++count[which];
  }
  const auto most = std::max_element(count.begin(), count.end());
  separator_ = all[static_cast<size_t>(most - count.begin())];
}

int CsvReader::peek() {
  if (at_ == buffer_.size()) {
    buffer_.resize(kPiece);
    stream_.read(buffer_.data(), static_cast<std::streamsize>(kPiece));
    buffer_.resize(static_cast<size_t>(stream_.gcount()));
    at_ = 0;
    if (stream_.bad()) throw Error(ErrorCode::io, "cannot read '" + name_ + "'");
    if (buffer_.empty()) return kEnd;
  }
  return static_cast<unsigned char>(buffer_[at_]);
}

int CsvReader::take() {
  const int letter = peek();
  if (letter != kEnd) ++at_;
  return letter;
}

// After CR or LF was taken.
void CsvReader::end_line(int letter) {
  if (letter == '\r' && peek() == '\n') take();
  ++line_;
}

void CsvReader::add(std::string& cell, int letter) {
  if (letter == 0) fail(line_, "holds a zero byte, which no text has; is it a CSV file in UTF-8?");
  if (cell.size() == kLongestCell) fail(line_, "a cell is above 1 MiB; is a quote not closed?");
  cell += static_cast<char>(letter);
}

// Behind the opening quote, up to the separator or the end of the line.
void CsvReader::read_quoted(std::string& cell) {
  const int64_t opened = line_;
  for (;;) {
    const int letter = take();
    if (letter == kEnd) fail(opened, "the quote is not closed before the end of the file");
    if (letter == '"' && peek() != '"') break;
    if (letter == '"') take();
    add(cell, letter);
    if (letter == '\n' || (letter == '\r' && peek() != '\n')) ++line_;
  }
  const int behind = peek();
  if (behind != kEnd && behind != separator_ && !ends_line(behind)) {
    fail(line_,
         "text behind a closing quote, needed a separator; a quote in a cell is written \"\"");
  }
}

void CsvReader::read_plain(std::string& cell) {
  for (int letter = peek(); letter != kEnd && letter != separator_ && !ends_line(letter);
       letter = peek()) {
    add(cell, take());
  }
}

bool CsvReader::next(CsvRow& row) {
  while (ends_line(peek())) end_line(take());
  row.line = line_;
  size_t cells = 0;
  if (peek() == kEnd) return false;
  for (;;) {
    if (cells == kMostCells) fail(row.line, "has more than 100,000 columns");
    if (cells == row.cells.size()) row.cells.emplace_back();
    std::string& cell = row.cells[cells++];
    cell.clear();
    if (peek() == '"') {
      take();
      read_quoted(cell);
    } else {
      read_plain(cell);
    }
    const int letter = take();
    if (letter == separator_) continue;
    if (letter != kEnd) end_line(letter);
    row.cells.resize(cells);
    return true;
  }
}

}  // namespace modhost_own_data
