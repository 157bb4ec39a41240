// The tables of runs, read back from their files.
#pragma once

#include <string>
#include <string_view>

#include "modhost/table.h"

namespace modhost::core {

// What Table::csv() writes (RFC 4180): a header, then rows of as many cells, quoted or not, ended
// by LF or CR LF. A cell that is a decimal number, whole or not, becomes one; an empty cell is
// empty; everything else is text: "inf", "007" (a name), whole numbers of more than 15 digits (a
// spreadsheet would round them), and whatever was quoted. Error(data) with `name` and the line for
// a file without a header, a quote that is not closed or closed in the middle of a cell, or a row
// with another number of cells.
Table parse_csv(std::string_view text, const std::string& name);

}  // namespace modhost::core
