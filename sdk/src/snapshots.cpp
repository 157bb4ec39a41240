#include "snapshots.h"

#include <cstdio>
#include <utility>

#include "modhost/error.h"
#include "number_text.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

std::string time_label(const TrainPoint& point) {
  if (point.within_epoch) return "step_" + std::to_string(point.step);
  char buffer[32];
  snprintf(buffer, sizeof buffer, "epoch_%04lld", static_cast<long long>(point.epoch));
  return buffer;
}

}  // namespace

Metadata snapshot_metadata(const std::string& label, const TrainPoint& point, int64_t batch_size) {
  Metadata metadata{{kLabelKey, label},
                    {kEpochKey, std::to_string(point.epoch)},
                    {kStepKey, std::to_string(point.step)},
                    {kSamplesKey, std::to_string(point.step * batch_size)}};
  if (point.score) metadata[kScoreKey] = shortest_text(*point.score);
  return metadata;
}

SnapshotKeeper::SnapshotKeeper(CheckpointPlan plan, int64_t batch_size, RunWriter& writer)
    : plan_(std::move(plan)), batch_size_(batch_size), writer_(writer) {}

std::string SnapshotKeeper::label(const TrainPoint& point) const {
  if (plan_.pruning) return point.unpruned ? kUnpruned : point.last ? kPruned : "";
  if (point.unpruned) return "";
  if (plan_.every > 0) {
    return point.last || point.epoch % plan_.every == 0 ? time_label(point) : "";
  }
  std::vector<std::string> reached;
  if (point.last || point.epoch == 0 || !point.score) return "";
  for (const double accuracy : plan_.accuracies) {
    const bool before = point.best_before && *point.best_before >= accuracy;
    if (*point.score >= accuracy && !before) reached.push_back(accuracy_label(accuracy));
  }
  return join(reached, "+");
}

void SnapshotKeeper::keep(const TrainPoint& point, const ModelBase& model) const {
  const std::string name = label(point);
  if (name.empty()) return;
  const std::filesystem::path folder = std::filesystem::path(kSnapshotFolder) / name;
  if (std::filesystem::exists(writer_.folder() / folder / kSnapshotFile)) return;
  const torch::NoGradGuard no_grad;
  writer_.tensors((folder / "network").string(), model.state(),
                  snapshot_metadata(name, point, batch_size_));
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
