// States of a network on the way through its own training, kept as files to look at afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace modhost {
inline namespace v1 {

// Which states: those after every so many epochs, the first and the last among them, those at the
// first end of an epoch at which the validation accuracy reaches a number, or those before and
// after pruning.
struct CheckpointPlan {
  int64_t every = 0;               // epochs; 0: none
  std::vector<double> accuracies;  // 0 .. 1, rising
  bool pruning = false;
  bool empty() const { return every == 0 && accuracies.empty() && !pruning; }
};

// "every=2", "at=acc:0.5,0.7", "at=prune"; "" is the empty plan. Error(config) for anything else.
CheckpointPlan parse_checkpoints(const std::string& text);

// One state, in RUN/over_time/LABEL/network.safetensors and .npz.
struct Snapshot {
  std::filesystem::path file;   // the .safetensors, whose metadata is what follows
  std::string label;            // "epoch_0004", "acc_0.70", "acc_0.50+acc_0.70", "step_1250",
                                // "unpruned", "pruned"
  int64_t epoch = 0;            // completed
  int64_t step = 0;             // done
  int64_t samples = 0;          // seen
  std::optional<double> score;  // on the validation split: accuracy, or minus the loss
};

// "acc_0.70" of an accuracy that a plan names.
std::string accuracy_label(double accuracy);

// The snapshots in the folder of a run, in the order of the training. Error(data) for a file
// network.safetensors that does not say what it is.
std::vector<Snapshot> snapshots_in(const std::filesystem::path& run_folder);

}  // namespace v1
}  // namespace modhost
