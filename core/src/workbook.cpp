#include "workbook.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "modhost/error.h"
#include "modhost/files.h"
#include "sheet_names.h"
#include "text_table.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNarrowestColumn = 7, kWidestColumn = 44;  // columns, in digits
constexpr time_t kCreated = 946684800;         // 2000-01-01: the same sheets, the same bytes
constexpr double kSmall = 1e-3, kLarge = 1e7;  // numbers between them need no power of ten

// The library's words for what it refused.
void check_written(lxw_error error, const std::string& sheet) {
  check(error == LXW_NO_ERROR, ErrorCode::internal,
        fmt::format("the sheet '{}' cannot be written: {}", sheet, lxw_strerror(error)));
}

struct Formats {
  explicit Formats(lxw_workbook* book)
      : title(workbook_add_format(book)),
        header(workbook_add_format(book)),
        whole(workbook_add_format(book)),
        decimal(workbook_add_format(book)),
        power(workbook_add_format(book)),
        link(workbook_add_format(book)) {
    format_set_bold(title);
    format_set_font_size(title, 13);
    format_set_bold(header);
    format_set_bottom(header, LXW_BORDER_THIN);
    format_set_num_format(whole, "0");
    format_set_num_format(decimal, "0.000");
    format_set_num_format(power, "0.00E+00");
    format_set_underline(link, LXW_UNDERLINE_SINGLE);
    format_set_font_color(link, LXW_COLOR_BLUE);
  }
  lxw_format *title, *header, *whole, *decimal, *power, *link;
};

bool is_plain(double value) {
  const double size = std::abs(value);
  return value == 0 || (size >= kSmall && size < kLarge);
}

lxw_format* format_of(const Formats& formats, double value) {
  if (!is_plain(value)) return formats.power;
  return value == std::floor(value) ? formats.whole : formats.decimal;
}

// The cell as the sheet shows it.
std::string shown_cell(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* whole = std::get_if<int64_t>(&cell)) return std::to_string(*whole);
  const auto* value = std::get_if<double>(&cell);
  if (value == nullptr) return "";
  if (!std::isfinite(*value)) return fmt::format("{}", *value);
  if (!is_plain(*value)) return fmt::format("{:.2e}", *value);
  return fmt::format("{:.{}f}", *value, *value == std::floor(*value) ? 0 : 3);
}

class SheetWriter {
 public:
  SheetWriter(lxw_workbook* book, const Sheet& sheet, const Formats& formats)
      : sheet_(sheet), formats_(formats), page_(workbook_add_worksheet(book, sheet.name.c_str())) {
    check(page_ != nullptr, ErrorCode::internal,
          fmt::format("the sheet '{}' cannot be made", sheet.name));
  }

  void write() {
    const bool is_one = sheet_.parts.size() == 1;
    for (const Sheet::Part& part : sheet_.parts) {
      if (!is_one) text(row_++, 0, part.title, formats_.title);
      table(part.table);
      ++row_;
    }
    for (size_t i = 0; i < sheet_.links.size(); ++i) link(i + 1, sheet_.links[i]);
    if (is_one) worksheet_freeze_panes(page_, 1, 0);
    for (size_t i = 0; i < widths_.size(); ++i) {
      const auto column = static_cast<lxw_col_t>(i);
      const size_t width = std::clamp(widths_[i] + 2, kNarrowestColumn, kWidestColumn);
      worksheet_set_column(page_, column, column, static_cast<double>(width), nullptr);
    }
  }

 private:
  void table(const Table& table) {
    check(row_ + table.rows.size() + 1 <= LXW_ROW_MAX && table.columns.size() <= LXW_COL_MAX,
          ErrorCode::data,
          fmt::format("the sheet '{}' would have {} rows and {} columns; a workbook holds {} by {}",
                      sheet_.name, row_ + table.rows.size() + 1, table.columns.size(), LXW_ROW_MAX,
                      LXW_COL_MAX),
          "choose tables by --table NAME, or write one table as .csv");
    widths_.resize(std::max(widths_.size(), table.columns.size()));
    for (size_t i = 0; i < table.columns.size(); ++i) {
      text(row_, i, table.columns[i], formats_.header);
      widen(i, table.columns[i]);
    }
    ++row_;
    for (const auto& cells : table.rows) {
      for (size_t i = 0; i < cells.size(); ++i) cell(row_, i, cells[i]);
      ++row_;
    }
  }

  void widen(size_t column, const std::string& text) {
    widths_[column] = std::max(widths_[column], display_width(text));
  }

  void cell(size_t row, size_t column, const Cell& cell) {
    if (std::holds_alternative<std::monostate>(cell)) return;
    const std::string words = shown_cell(cell);
    widen(column, words);
    const auto* whole = std::get_if<int64_t>(&cell);
    const auto* value = std::get_if<double>(&cell);
    const bool is_number = whole != nullptr || (value != nullptr && std::isfinite(*value));
    if (!is_number) return text(row, column, words, nullptr);
    const double number = whole != nullptr ? static_cast<double>(*whole) : *value;
    check_written(worksheet_write_number(
                      page_, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column), number,
                      whole != nullptr ? formats_.whole : format_of(formats_, number)),
                  sheet_.name);
  }

  void text(size_t row, size_t column, const std::string& words, lxw_format* format) {
    check_written(
        worksheet_write_string(page_, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column),
                               workbook_text(words).c_str(), format),
        sheet_.name);
  }

  // The first cell of a row of the only table keeps its words and leads to a sheet.
  void link(size_t row, const std::string& target) {
    const auto& cells = sheet_.parts[0].table.rows[row - 1];
    if (target.empty() || cells.empty()) return;
    const std::string where = fmt::format("internal:'{}'!A1", target);
    check_written(
        worksheet_write_url(page_, static_cast<lxw_row_t>(row), 0, where.c_str(), formats_.link),
        sheet_.name);
    text(row, 0, shown_cell(cells[0]), formats_.link);
  }

  const Sheet& sheet_;
  const Formats& formats_;
  lxw_worksheet* page_;
  size_t row_ = 0;
  std::vector<size_t> widths_;
};

// A new empty file that goes with this object. The library writes by name, and prints by itself
// when it cannot: so the name is tried before.
class ScratchFile {
 public:
  explicit ScratchFile(const fs::path& beside) : path_(beside) {
    path_ += fmt::format(".sheets.{}.tmp", ::getpid());
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    check(file >= 0, ErrorCode::io,
          fmt::format("cannot write '{}': {}", beside.string(), strerror(errno)));
    ::close(file);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { ::unlink(path_.c_str()); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

void write_workbook(const fs::path& file, const std::vector<Sheet>& sheets) {
  const ScratchFile scratch(file);
  lxw_workbook* book = workbook_new(scratch.path().c_str());
  check(book != nullptr, ErrorCode::internal, "libxlsxwriter makes no workbook");
  std::unique_ptr<lxw_workbook, decltype(&lxw_workbook_free)> owner(book, &lxw_workbook_free);
  lxw_doc_properties properties{};
  properties.created = kCreated;
  workbook_set_properties(book, &properties);
  const Formats formats(book);
  for (const Sheet& sheet : sheets) SheetWriter(book, sheet, formats).write();
  const lxw_error error = workbook_close(owner.release());
  check(error == LXW_NO_ERROR, ErrorCode::io,
        fmt::format("cannot write '{}': {}", file.string(), lxw_strerror(error)));
  write_file_atomically(file, read_file(scratch.path()));
}

}  // namespace modhost::core
