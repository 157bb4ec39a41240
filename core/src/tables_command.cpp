#include "tables_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contains.h"
#include "exit_code.h"
#include "json_line.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "sheet_names.h"
#include "study.h"
#include "workbook.h"

namespace modhost::core {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kOverview = "overview";
constexpr size_t kMostSheets = 2000;

struct Written {
  size_t sheets = 0, rows = 0;  // the overview does not count
};

// Those that --table names, or all.
Words chosen_tables(const CommandLine& line, const std::vector<StudyRun>& runs) {
  Words there = table_names(runs);
  if (line.tables.empty()) return there;
  there.emplace_back(kOverview);
  for (const std::string& name : line.tables) {
    const std::string near = did_you_mean(name, there);
    check(contains(there, name), ErrorCode::usage, fmt::format("no run has a table '{}'", name),
          near.empty() ? "there are " + join(there) : near);
  }
  return line.tables;
}

// In the name of a sheet "epoch_0004" is enough.
std::string short_state(const std::string& state) {
  const std::string folder = "over_time/";
  return state.compare(0, folder.size(), folder) == 0 ? state.substr(folder.size()) : state;
}

Written write_sheets(const CommandLine& line, const std::vector<StudyRun>& runs,
                     const Words& tables) {
  SheetNames names;
  const Table overview = overview_table(runs);
  std::vector<Sheet> sheets = {
      {names.add(kOverview), {{"", overview}}, Words(overview.rows.size())}};
  Written written;
  for (size_t i = 0; i < runs.size(); ++i) {
    Sheet sheet;
    for (const std::string& name : tables) {
      if (runs[i].results.tables.count(name) == 0) continue;
      sheet.parts.push_back({name, read_table(runs[i], name)});
      written.rows += sheet.parts.back().table.rows.size();
    }
    if (sheet.parts.empty()) continue;
    sheet.name = names.add(runs[i].name, short_state(runs[i].state));
    sheets[0].links[i] = sheet.name;
    sheets.push_back(std::move(sheet));
    check(sheets.size() <= kMostSheets, ErrorCode::usage,
          fmt::format("the runs would need over {} sheets", kMostSheets),
          "give fewer folders, choose tables by --table NAME, or write one table as .csv");
  }
  write_workbook(line.target, sheets);
  written.sheets = sheets.size() - 1;
  return written;
}

Written write_joined(const CommandLine& line, const std::vector<StudyRun>& runs,
                     const Words& tables) {
  check(tables.size() == 1, ErrorCode::usage,
        fmt::format("a .csv holds one table, and {}",
                    tables.empty() ? "the runs have none" : "the runs have " + join(tables)),
        "choose one by --table NAME, or 'overview', or write an .xlsx");
  const Table table = tables[0] == kOverview ? overview_table(runs) : joined_table(runs, tables[0]);
  write_file_atomically(line.target, table.csv());
  return {0, table.rows.size()};
}

void say(const CommandLine& line, const std::vector<StudyRun>& runs, const Written& written,
         std::ostream& out) {
  Words unfinished;
  size_t count = 0;
  for (const StudyRun& run : runs) {
    if (!run.state.empty()) continue;  // part of a run
    ++count;
    if (!run.is_finished()) unfinished.push_back(run.folder.string());
  }
  if (line.json) {
    out << json_line({{"event", "tables"},
                      {"file", line.target},
                      {"runs", count},
                      {"sheets", written.sheets},
                      {"rows", written.rows},
                      {"unfinished", unfinished}});
    return;
  }
  if (line.quiet) return;
  const auto counted = [](size_t number, const char* what) {
    return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
  };
  const std::string sheets =
      written.sheets == 0 ? "" : "overview, " + counted(written.sheets, "sheet") + ", ";
  out << fmt::format("{}: {}{} of {}\n", line.target, sheets, counted(written.rows, "row"),
                     counted(count, "run"));
  for (const std::string& folder : unfinished) {
    out << fmt::format("not finished: {} ('modhost resume' goes on)\n", folder);
  }
}

}  // namespace

int tables_command(const CommandLine& line, std::ostream& out) {
  const std::filesystem::path file = line.target;
  const std::string kind = file.extension().string();
  check(kind == ".xlsx" || kind == ".csv", ErrorCode::usage,
        fmt::format("'--out {}': the ending must be .xlsx or .csv", line.target));
  const std::vector<StudyRun> runs = find_runs(line.folders);
  const Words tables = chosen_tables(line, runs);
  say(line, runs,
      kind == ".csv" ? write_joined(line, runs, tables) : write_sheets(line, runs, tables), out);
  return kExitDone;
}

}  // namespace modhost::core
