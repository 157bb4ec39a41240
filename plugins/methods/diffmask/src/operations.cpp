#include "operations.h"

#include "class_changes.h"

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;
using modhost::Tensor;

struct Kind {
  const Tensor& counts;
  Tensor shares;
  std::string path;  // of its scalars
};

}  // namespace

AnswerNames answer_names(const modhost::Source& source) {
  AnswerNames out{source.groups(), source.alternatives()};
  if (out.asked.empty()) out.asked = {"all"};
  out.done.emplace_back("none");
  return out;
}

void write_operations(RunWriter& writer, const Results& results, const AnswerNames& names) {
  Table table{{"task", "asked", "done", "unmasked", "masked", "inverse", "unmasked_samples",
               "masked_samples", "inverse_samples"},
              {}};
  for (const MaskResult& result : results) {
    if (!result.answers) continue;
    const auto& [unmasked, masked, inverse] = *result.answers;
    const std::vector<Kind> kinds = {
        {unmasked, shares_of_rows(unmasked), "validation/iid/confusion/"},
        {masked, shares_of_rows(masked), "confusion/" + result.task + "/"},
        {inverse, shares_of_rows(inverse), "inverse_mask_test/" + result.task + "/confusion/"}};
    for (size_t row = 0; row < names.asked.size(); ++row) {
      for (size_t column = 0; column < names.done.size(); ++column) {
        const auto at = [&](const Tensor& cells) {
          return cells[static_cast<int64_t>(row)][static_cast<int64_t>(column)];
        };
        std::vector<Cell> cells{result.task, names.asked[row], names.done[column]};
        for (const Kind& kind : kinds) {
          cells.emplace_back(at(kind.shares).item<double>());
          writer.scalar(kind.path + names.asked[row] + "/" + names.done[column],
                        at(kind.shares).item<double>());
        }
        for (const Kind& kind : kinds) cells.emplace_back(at(kind.counts).item<int64_t>());
        table.add(std::move(cells));
      }
    }
  }
  if (!table.rows.empty()) writer.table("operations", table);
}

}  // namespace modhost_diffmask
