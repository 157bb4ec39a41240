// Everything a run leaves behind goes through one writer into the run directory.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "modhost/progress.h"
#include "modhost/table.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {

// Files appear whole or not at all (metrics.jsonl: whole lines). Names may contain '/', which makes
// folders.
class RunWriter {
 public:
  // `folder` exists. Continues an existing metrics.jsonl after its last whole line.
  explicit RunWriter(std::filesystem::path folder);
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;
  ~RunWriter();

  // A final number of the run, by path-like name ("masks/square/task/accuracy"). Lies in
  // results.json; setting it again replaces it. Error(internal) when it is not finite.
  void scalar(const std::string& name, double value);

  // The same for one of the few numbers that sum the run up ("kept"): tables over checkpoints and
  // networks show these, in the order of the first calls.
  void headline(const std::string& name, double value);

  // One line of metrics.jsonl: {"stage": ..., "step": ..., numbers...}. A (stage, step) that is
  // there already is left alone: a resumed run repeats the steps since its checkpoint with the same
  // result. Hence no line may hold what differs between two runs of the same config (a time).
  void metrics(const std::string& stage, int64_t step, const Numbers& numbers);
  // The same for several stages at one step: one write for all.
  void metrics(const std::vector<std::pair<std::string, Numbers>>& stages, int64_t step);

  // tables/NAME.csv
  void table(const std::string& name, const Table& table);

  // NAME.npz and NAME.safetensors with the same tensors; the latter, written last, also says what
  // they are.
  void tensors(const std::string& name, const NamedTensors& tensors,
               const std::map<std::string, std::string>& metadata = {});

  // What the person reads at the end: shown on the screen and kept in summary.txt.
  void show(const Table& table);
  void say(const std::string& sentence);

  const std::filesystem::path& folder() const { return folder_; }
  const std::map<std::string, double>& scalars() const { return scalars_; }
  const std::vector<std::string>& headlines() const { return headlines_; }      // names of scalars
  const std::map<std::string, std::string>& tables() const { return tables_; }  // name -> file
  struct Shown {  // a table when it has columns, else a sentence
    Table table;
    std::string sentence;
  };
  const std::vector<Shown>& shown() const { return shown_; }

 private:
  std::filesystem::path folder_;
  std::map<std::string, double> scalars_;
  std::vector<std::string> headlines_;
  std::map<std::string, std::string> tables_;
  std::vector<Shown> shown_;
  std::set<std::pair<std::string, int64_t>> metrics_there_;
  int metrics_file_ = -1;
};

}  // namespace v1
}  // namespace modhost
