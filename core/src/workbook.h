// A workbook for spreadsheets (XLSX), by libxlsxwriter.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "modhost/table.h"

namespace modhost::core {

struct Sheet {
  std::string name;  // legal and unique (SheetNames)
  struct Part {
    std::string title;  // above the table, in bold; not written where the sheet has one table
    Table table;
  };
  std::vector<Part> parts;  // one below the other
  // Names of other sheets, one for each row of the first table or none: its first cell leads there.
  std::vector<std::string> links;
};

// Writes all sheets to `file`, whole or not at all. Headers are bold, and where the sheet has one
// table the header stays in sight; numbers are numbers, shown with three decimals or in powers of
// ten; columns are as wide as what they show, up to a limit. The same sheets give the same bytes.
// Error(io) when the file cannot be written, Error(data) for more rows or columns than a sheet has.
void write_workbook(const std::filesystem::path& file, const std::vector<Sheet>& sheets);

}  // namespace modhost::core
