#include "data_prepare.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "data_fetch.h"
#include "exit_code.h"
#include "guard.h"
#include "json_line.h"
#include "make_progress.h"
#include "modhost/count_text.h"
#include "modhost/error.h"
#include "run_command.h"
#include "signals.h"
#include "text_table.h"

namespace modhost::core {
namespace {

constexpr double kSentenceSeconds = 10;
constexpr size_t kWidestLine = 200;  // two hashes are beside each other in one line

DataFiles files_of(const Chosen<DatasetEntry>& chosen, const DatasetBase& dataset) {
  DataFiles files =
      guarded(*chosen.entry, "naming its files", [&dataset] { return dataset.files(); });
  files.dataset = chosen.entry->name;
  return files;
}

DataFiles named_files(const CommandLine& line, ComponentSource& source) {
  Settings settings = written_settings(line);
  set_text(settings, "dataset", kNameKey, line.subject, kCommandLine);
  const auto chosen = choose_dataset(settings, source);
  return files_of(chosen, *make_dataset(chosen));
}

std::string word_of(const FileOutcome& outcome) {
  if (outcome.fetched) return "fetched";
  switch (outcome.report.state) {
    case FileState::missing:
      return "missing";
    case FileState::wrong_size:
      return "wrong size";
    case FileState::wrong_hash:
      return "wrong content";
    default:
      return "there";
  }
}

void print_json(const DataFiles& files, const std::vector<FileOutcome>& outcomes) {
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const FileReport& report = outcomes[i].report;
    nlohmann::ordered_json event = {{"event", "file"},
                                    {"name", files.list[i].name},
                                    {"folder", files.folder.string()},
                                    {"state", word_of(outcomes[i])},
                                    {"bytes", report.bytes},
                                    {"checked", report.state == FileState::right}};
    if (!report.sha256.empty()) event["sha256"] = report.sha256;
    fmt::print("{}", json_line(event));
  }
}

void print_lines(const CommandLine& line, const DataFiles& files,
                 const std::vector<FileOutcome>& outcomes) {
  if (line.json) return print_json(files, outcomes);
  if (line.quiet) return;
  if (files.list.empty()) {
    fmt::print("dataset '{}' reads no files\n", files.dataset);
    return;
  }
  TextTable table({"file", "state", "size"});
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const DataFile& file = files.list[i];
    table.add({file.name, word_of(outcomes[i]), text_of(outcomes[i].report, file)});
  }
  fmt::print("{}in {}\n", table.text("", kWidestLine), files.folder.string());
}

// The files that nobody but a person can fetch.
void refuse_missing(const DataFiles& files, const std::vector<FileOutcome>& outcomes) {
  std::vector<std::string> names;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const DataFile& file = files.list[i];
    if (!is_wrong(outcomes[i].report.state)) continue;
    names.push_back(file.bytes == 0
                        ? file.name
                        : fmt::format("{} ({} bytes)", file.name, count_text(file.bytes)));
  }
  if (names.empty()) return;
  throw Error(ErrorCode::data,
              fmt::format("dataset '{}': put into '{}' by hand: {}", files.dataset,
                          files.folder.string(), join(names)),
              files.source.empty() ? "" : "they are to be had from " + files.source);
}

void refuse_wrong(const DataFiles& files, const std::vector<FileOutcome>& outcomes) {
  size_t missing = 0, wrong = 0;
  for (const FileOutcome& outcome : outcomes) {
    const bool absent = outcome.report.state == FileState::missing;
    missing += absent ? 1 : 0;
    wrong += !absent && is_wrong(outcome.report.state) ? 1 : 0;
  }
  if (missing + wrong == 0) return;
  throw Error(
      ErrorCode::data,
      fmt::format("dataset '{}': of {} files {} missing, {} wrong", files.dataset, outcomes.size(),
                  missing, wrong),
      fmt::format("'modhost data prepare {}' with the same options mends it", files.dataset));
}

}  // namespace

int data_prepare_command(const CommandLine& line, ComponentSource& source) {
  const DataFiles files = named_files(line, source);
  StopSignal stop;
  const SignalScope signals(stop, false);
  auto progress = make_progress(line, kSentenceSeconds);
  const auto outcomes = fetch_files(files, Depth::content, {}, {*progress, stop});
  progress.reset();
  print_lines(line, files, outcomes);
  refuse_missing(files, outcomes);
  return kExitDone;
}

int data_verify_command(const CommandLine& line, ComponentSource& source) {
  const DataFiles files = named_files(line, source);
  StopSignal stop;
  const SignalScope signals(stop, false);
  auto progress = make_progress(line, kSentenceSeconds);
  std::vector<FileOutcome> outcomes;
  for (const DataFile& file : files.list) {
    outcomes.push_back(
        {look_at(file, place_of(files, file), Depth::content, {*progress, stop}), false});
  }
  progress.reset();
  print_lines(line, files, outcomes);
  refuse_wrong(files, outcomes);
  return kExitDone;
}

void fetch_when_asked(const CommandLine& line, const Chosen<DatasetEntry>& chosen,
                      const DatasetBase& dataset, const StopSignal& stop) {
  const DataFiles files = files_of(chosen, dataset);
  if (!files.download) return;
  const auto progress = make_progress(line, kSentenceSeconds);
  refuse_missing(files, fetch_files(files, Depth::size, {}, {*progress, stop}));
}

}  // namespace modhost::core
