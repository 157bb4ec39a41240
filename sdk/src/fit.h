// One call of Trainer::fit.
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "checkpoint.h"
#include "modhost/train.h"
#include "optimizer.h"
#include "sample_order.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Where a training reports to and what it listens to. All outlive it.
struct Surroundings {
  RunWriter* writer;
  Progress* progress;
  const StopSignal* stop;
  double checkpoint_seconds;
};

class Fit {
 public:
  // `path` is the checkpoint's. Error(config) when there is less than one batch of data.
  Fit(const TrainTask& task, const TrainPlan& plan, std::filesystem::path path,
      const Surroundings& around);
  // Once.
  std::vector<TrainSummary> run();

 private:
  using Clock = std::chrono::steady_clock;

  int64_t networks() const { return static_cast<int64_t>(task_.seeds.size()); }
  bool together() const { return networks() > 1; }
  std::string stage(int64_t network) const;  // of its metrics
  NamedTensors everything() const;           // trained and also saved

  void resume();
  void save();
  void finish();
  TrainSummary summary(const Course& course) const;

  void train();
  void take_steps();
  void one_step(int64_t epoch);
  // What the phase does before the step that comes next.
  void prune();
  void begin_pruning();
  double rate(int64_t epochs_done) const;
  void write_lines();

  // Ends each epoch once; true when all networks have stopped.
  bool stop_early(int64_t epoch);
  void end_epoch(int64_t epoch);
  std::vector<double> note_scores(int64_t epoch);
  // Tells of the tensors as they are now, outside the ends of epochs.
  void tell(TrainPoint point);
  TrainPoint last_point() const;
  void keep_best(const std::vector<int64_t>& positions);
  void retire(const std::vector<int64_t>& stopping, const std::vector<int64_t>& going_on);
  void continue_with(std::vector<int64_t> networks, const std::vector<int64_t>& positions);

  const TrainTask& task_;
  const TrainPlan& plan_;
  std::filesystem::path path_;
  Surroundings around_;
  NamedOptimizer optimizer_;
  SampleOrder samples_;
  int64_t steps_per_epoch_;
  int64_t total_steps_;
  int64_t pruning_steps_;  // so many at the end; 0: none
  int64_t line_steps_ = 1;
  Checkpoint state_;
  std::vector<int64_t> going_on_;  // numbers of the networks in the tensors, ascending
  Clock::time_point last_saved_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
