// `modhost tables DIR... --out FILE`: the tables of a study's runs in one workbook or CSV file.
#pragma once

#include <ostream>

#include "command_line.h"

namespace modhost::core {

// To an .xlsx: an overview of the runs, then a sheet for each run, and for each network or state
// within a run, that has one of the tables that --table names (without --table: any). To a .csv:
// one table, the rows of all runs below one another; `--table overview` is the overview. Returns
// the exit code; throws Error.
int tables_command(const CommandLine& line, std::ostream& out);

}  // namespace modhost::core
