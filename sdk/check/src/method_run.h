// Small runs of a method, straight and interrupted.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cases.h"
#include "modhost/experiment.h"
#include "modhost/method.h"

namespace modhost::conformance {

// Counts what the method reports and asks it to stop after a given number of reports.
class CountingProgress : public Progress {
 public:
  explicit CountingProgress(StopSignal& stop, int64_t stop_after = 0)
      : stop_(stop), stop_after_(stop_after) {}
  void begin(const std::string&, int64_t, const std::string&, int64_t) override { count(); }
  void update(int64_t, const Numbers&) override { count(); }
  void end(const std::string&) override { count(); }
  int64_t reports() const { return reports_; }

 private:
  void count() {
    if (++reports_ == stop_after_) stop_.request();
  }
  StopSignal& stop_;
  int64_t stop_after_;
  int64_t reports_ = 0;
};

// One process of a run in `folder`: a method, a network and data, made anew.
class MethodRun {
 public:
  MethodRun(const Context& context, const CheckFile::Case& written,
            const std::filesystem::path& folder, int64_t stop_after = 0);

  bool trains_network() const { return method_->trains_network(); }
  // Trains the network unless it is there, or is left to the method.
  const ModelBase& network() {
    return trains_network() ? experiment_->architecture() : experiment_->network();
  }
  // Runs the method. False when it was interrupted.
  bool run();
  StopSignal& stop() { return stop_; }
  int64_t reports() const { return progress_.reports(); }
  const RunWriter& results() { return experiment_->writer(); }

 private:
  StopSignal stop_;
  CountingProgress progress_;
  std::unique_ptr<MethodBase> method_;
  std::unique_ptr<Experiment> experiment_;
};

// What a run left behind, without its checkpoints: relative path -> bytes, and the scalars.
struct Leftovers {
  std::map<std::string, std::string> files;
  std::map<std::string, double> scalars;
};
Leftovers leftovers(const std::filesystem::path& folder, const RunWriter& results);

// "" when equal, else what differs.
std::string first_difference(const Leftovers& a, const Leftovers& b);

}  // namespace modhost::conformance
