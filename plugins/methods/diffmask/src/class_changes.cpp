#include "class_changes.h"

#include <modhost/table.h>

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;
using modhost::Tensor;

// How much of the control's recall of each class is lost, [classes] double.
Tensor lost_shares(const Tensor& control, const Tensor& mask) {
  const Tensor before = shares_of_rows(control).diagonal();
  const Tensor after = shares_of_rows(mask).diagonal();
  return torch::where(before > 0, (before - after) / before, torch::zeros_like(before));
}

void write_confusion_table(RunWriter& writer, const Results& results,
                           const std::vector<std::string>& classes) {
  Table table{{"task", "true", "predicted", "samples", "share", "difference"}, {}};
  const auto count = static_cast<int64_t>(classes.size());
  const MaskResult* control = control_of(results);
  const Tensor reference = control == nullptr ? Tensor() : shares_of_rows(control->confusion);
  for (const MaskResult& result : results) {
    const Tensor shares = shares_of_rows(result.confusion);
    for (int64_t row = 0; row < count; ++row) {
      for (int64_t column = 0; column < count; ++column) {
        const double share = shares[row][column].item<double>();
        Cell difference;
        if (control != nullptr) difference = share - reference[row][column].item<double>();
        table.add({result.task, classes[static_cast<size_t>(row)],
                   classes[static_cast<size_t>(column)],
                   result.confusion[row][column].item<int64_t>(), share, difference});
      }
    }
  }
  writer.table("confusion", table);
}

}  // namespace

Tensor shares_of_rows(const Tensor& counts) {
  const Tensor sums = counts.sum(1, true).to(torch::kDouble);
  return counts.to(torch::kDouble) / sums.clamp_min(1);
}

RecallLoss recall_loss(const Tensor& control, const Tensor& mask, int64_t removed,
                       const std::vector<std::string>& classes) {
  const Tensor lost = lost_shares(control, mask);
  RecallLoss out;
  out.removed = lost[removed].item<double>();
  for (int64_t other = 0; other < lost.size(0); ++other) {
    const double share = lost[other].item<double>();
    if (other == removed || share <= out.worst_other) continue;
    out.worst_other = share;
    out.worst_class = classes[static_cast<size_t>(other)];
  }
  return out;
}

void write_confusions(RunWriter& writer, const Results& results,
                      const std::vector<std::string>& classes) {
  if (results.empty() || !results.front().confusion.defined()) return;
  write_confusion_table(writer, results, classes);
  const MaskResult* control = control_of(results);
  if (control == nullptr) return;
  Table table{{"task", "left_out", "lost_recall", "worst_other_class", "worst_other", "ratio"}, {}};
  for (const MaskResult* task : tasks_of(results)) {
    if (task->left_out.size() != 1) continue;
    const int64_t removed = task->left_out.front();
    const RecallLoss loss = recall_loss(control->confusion, task->confusion, removed, classes);
    Cell ratio;
    if (loss.removed > 0) ratio = loss.worst_other / loss.removed;
    const std::string& name = classes[static_cast<size_t>(removed)];
    Cell worst;
    if (!loss.worst_class.empty()) worst = loss.worst_class;
    table.add({task->task, name, loss.removed, worst, loss.worst_other, ratio});
    writer.scalar("class_removal/lost_recall/" + name, loss.removed);
    writer.scalar("class_removal/worst_other/" + name, loss.worst_other);
  }
  if (!table.rows.empty()) writer.table("class_removal", table);
}

}  // namespace modhost_diffmask
