// Writing the snapshots of a training.
#pragma once

#include <cstdint>
#include <string>

#include "modhost/model.h"
#include "modhost/snapshot.h"
#include "modhost/state_file.h"
#include "modhost/train.h"
#include "modhost/writer.h"

namespace modhost {
inline namespace v1 {
namespace detail {

inline constexpr const char* kSnapshotFolder = "over_time";
inline constexpr const char* kSnapshotFile = "network.safetensors";

inline constexpr const char* kUnpruned = "unpruned";
inline constexpr const char* kPruned = "pruned";

// The metadata of a snapshot's file.
inline constexpr const char* kLabelKey = "label";
inline constexpr const char* kEpochKey = "epoch";
inline constexpr const char* kStepKey = "step";
inline constexpr const char* kSamplesKey = "samples";
inline constexpr const char* kScoreKey = "validation_score";

// What the file of a state says of it.
Metadata snapshot_metadata(const std::string& label, const TrainPoint& point, int64_t batch_size);

class SnapshotKeeper {
 public:
  // The writer outlives it.
  SnapshotKeeper(CheckpointPlan plan, int64_t batch_size, RunWriter& writer);
  // Writes the model's state when the plan asks for it at this point and it is not there yet.
  void keep(const TrainPoint& point, const ModelBase& model) const;

 private:
  std::string label(const TrainPoint& point) const;  // "" when the plan does not ask for it

  CheckpointPlan plan_;
  int64_t batch_size_;
  RunWriter& writer_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
