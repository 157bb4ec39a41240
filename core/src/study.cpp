#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "config_file.h"
#include "csv_file.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/shown_text.h"
#include "state_tables.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestFile = uint64_t{64} << 20;
constexpr const char* kResults = "results.json";
// Where run_on_states puts its runs.
constexpr const char* kStates[] = {"unpruned", "networks", "over_time"};
const std::vector<std::string> kAbout = {"run", "state", "method", "model", "dataset", "seed"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "net2" before "net10".
bool natural_less(const std::string& a, const std::string& b) {
  const auto number_at = [](const std::string& text, size_t& at) {
    std::string digits;
    while (at < text.size() && is_digit(text[at])) digits += text[at++];
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
  };
  size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string left = number_at(a, i), right = number_at(b, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  return a.size() - i < b.size() - j;
}

bool is_run(const fs::path& folder) {
  return fs::is_regular_file(folder / kResults) || fs::is_regular_file(folder / "environment.json");
}

std::vector<fs::path> sorted_runs_in(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failure;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end;
       it.increment(failure)) {
    std::error_code gone;
    if (fs::is_directory(it->path(), gone) && is_run(it->path())) out.push_back(it->path());
  }
  check(!failure, ErrorCode::io,
        fmt::format("cannot read the folder '{}': {}", folder.string(), failure.message()));
  std::sort(out.begin(), out.end(), [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return out;
}

std::vector<fs::path> runs_of(const fs::path& folder) {
  check(fs::is_directory(folder), ErrorCode::usage,
        fmt::format("there is no folder '{}'", folder.string()),
        "give folders of runs, or a folder that holds them");
  if (is_run(folder)) return {folder};
  std::vector<fs::path> out = sorted_runs_in(folder);
  check(!out.empty(), ErrorCode::usage,
        fmt::format("the folder '{}' is no run of modhost and holds none", folder.string()),
        "give folders of runs, or a folder that holds them");
  return out;
}

Results results_of(const fs::path& folder) {
  const fs::path file = folder / kResults;
  if (!fs::exists(file)) return {};
  Results out = parse_results(read_file(file, kLargestFile));
  check(!out.status.empty(), ErrorCode::data,
        fmt::format("'{}' is no results.json of modhost", file.string()),
        "the run can write it anew: remove the file, and 'modhost resume' the run");
  if (out.status != kFinished) out.tables.clear();
  return out;
}

std::string seed_of(const fs::path& folder) {
  const fs::path file = folder / "config.toml";
  if (!fs::exists(file)) return "";
  const Settings settings = read_config(file);
  const OptionTable run = options_of(settings, "run");
  const auto found = run.find("seed");
  return found == run.end() ? "" : value_text(found->second);
}

void add_run(std::vector<StudyRun>& out, const fs::path& folder, const std::string& name) {
  const std::string seed = seed_of(folder);
  out.push_back({name, "", folder, seed, results_of(folder)});
  for (const char* kind : kStates) {
    if (!fs::is_directory(folder / kind)) continue;
    for (const fs::path& state : sorted_runs_in(folder / kind)) {
      const std::string label = std::string(kind) + "/" + state.filename().string();
      out.push_back({name, label, state, seed, results_of(state)});
    }
  }
}

std::vector<Cell> about(const StudyRun& run) {
  const Results& what = run.results;
  std::vector<Cell> out;
  for (const std::string& text :
       {run.name, run.state, what.method, what.model, what.dataset, run.seed}) {
    if (text.empty()) {
      out.emplace_back();
    } else {
      out.emplace_back(text);
    }
  }
  if (!run.seed.empty() && run.seed.size() < 16 &&
      std::all_of(run.seed.begin(), run.seed.end(), is_digit)) {
    out.back() = static_cast<int64_t>(std::stoll(run.seed));
  }
  return out;
}

Cell scalar_cell(const Results& results, const std::string& name) {
  const auto found = results.scalars.find(name);
  if (found == results.scalars.end()) return {};
  return found->second;
}

bool has_table(const StudyRun& run, const std::string& name) {
  return run.results.tables.count(name) != 0;
}

}  // namespace

std::vector<StudyRun> find_runs(const std::vector<fs::path>& folders) {
  std::vector<fs::path> paths;
  std::set<fs::path> seen;
  std::multiset<std::string> names;
  const auto name_of = [](const fs::path& path) {
    return fs::weakly_canonical(path).filename().string();
  };
  for (const fs::path& folder : folders) {
    for (const fs::path& path : runs_of(folder)) {
      if (!seen.insert(fs::weakly_canonical(path)).second) continue;
      paths.push_back(path);
      names.insert(name_of(path));
    }
  }
  std::vector<StudyRun> out;
  for (const fs::path& path : paths) {
    const std::string name = name_of(path);
    add_run(out, path, names.count(name) == 1 ? name : path.lexically_normal().string());
  }
  return out;
}

std::vector<std::string> table_names(const std::vector<StudyRun>& runs) {
  std::vector<std::string> out;
  for (const StudyRun& run : runs) {
    for (const auto& [name, file] : run.results.tables) {
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
  }
  return out;
}

Table read_table(const StudyRun& run, const std::string& name) {
  const fs::path inside = fs::path(run.results.tables.at(name)).lexically_normal();
  check(inside.is_relative() && *inside.begin() != "..", ErrorCode::data,
        fmt::format("'{}': the table '{}' lies outside of the run, in '{}'",
                    (run.folder / kResults).string(), shown(name), shown(inside.string())));
  const fs::path file = run.folder / inside;
  return parse_csv(read_file(file, kLargestFile), file.string());
}

Table overview_table(const std::vector<StudyRun>& runs) {
  std::vector<Results> all;
  for (const StudyRun& run : runs) all.push_back(run.results);
  std::vector<std::string> numbers = headlines_of(all);
  for (const char* name : {kLoss, kAccuracy}) {
    const bool is_there = std::any_of(
        all.begin(), all.end(), [&](const Results& one) { return one.scalars.count(name) != 0; });
    const bool is_listed = std::find(numbers.begin(), numbers.end(), name) != numbers.end();
    if (is_there && !is_listed) numbers.insert(numbers.begin(), name);
  }
  Table table{kAbout, {}};
  table.columns.push_back("status");
  table.columns.insert(table.columns.end(), numbers.begin(), numbers.end());
  for (const StudyRun& run : runs) {
    std::vector<Cell> row = about(run);
    row.emplace_back(run.results.status.empty() ? "not finished" : run.results.status);
    for (const std::string& name : numbers) row.push_back(scalar_cell(run.results, name));
    table.add(std::move(row));
  }
  return table;
}

Table joined_table(const std::vector<StudyRun>& runs, const std::string& name) {
  Table out{kAbout, {}};
  for (const StudyRun& run : runs) {
    if (!has_table(run, name)) continue;
    const Table part = read_table(run, name);
    std::vector<size_t> places;
    for (const std::string& column : part.columns) {
      const bool is_taken = std::find(kAbout.begin(), kAbout.end(), column) != kAbout.end();
      const std::string own = is_taken ? name + "/" + column : column;
      const auto found = std::find(out.columns.begin(), out.columns.end(), own);
      places.push_back(static_cast<size_t>(found - out.columns.begin()));
      if (found == out.columns.end()) out.columns.push_back(own);
    }
    const std::vector<Cell> first = about(run);
    for (const auto& cells : part.rows) {
      std::vector<Cell> row = first;
      row.resize(out.columns.size());
      for (size_t i = 0; i < cells.size(); ++i) row[places[i]] = cells[i];
      out.rows.push_back(std::move(row));
    }
  }
  for (auto& row : out.rows) row.resize(out.columns.size());
  return out;
}

}  // namespace modhost::core
