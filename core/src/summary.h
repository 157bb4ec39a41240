// What a person reads at the end of a run: on the screen and in summary.txt.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "modhost/table.h"
#include "modhost/writer.h"

namespace modhost::core {

// {"scl", "panels [16, 64, 64] -> choice [8], 310,245 parameters"}
using HeaderLines = std::vector<std::pair<std::string, std::string>>;

// The header lines, then the tables and sentences in the order in which they were shown.
std::string summary_text(const HeaderLines& header, const std::vector<RunWriter::Shown>& shown);

// The summary for a screen: sentences and header lines that are longer than `width` go on in the
// next line, rows of tables stay whole. summary.txt keeps the whole lines.
std::string broken_summary(const std::string& summary, size_t width);

// Columns of numbers to the right and with as many decimals as help to compare them (at least
// three digits that matter in the largest), names to the left, empty cells as "-".
std::string table_text(const Table& table);

}  // namespace modhost::core
