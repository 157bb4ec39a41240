#include "operations.h"

#include <algorithm>

#include "class_changes.h"

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;
using modhost::Tensor;

// Of a network under one mask.
struct Done {
  const Tensor& counts;
  std::string path;  // of its scalars
};

void write_scalars(RunWriter& writer, const Done& done, const AnswerKinds& kinds) {
  const Tensor shares = shares_of_rows(done.counts);
  for (size_t row = 0; row < kinds.asked.size(); ++row) {
    for (size_t column = 0; column < kinds.done.size(); ++column) {
      writer.scalar(done.path + kinds.asked[row] + "/" + kinds.done[column],
                    shares[static_cast<int64_t>(row)][static_cast<int64_t>(column)].item<double>());
    }
  }
}

void add_rows(Table& table, const std::string& task, const std::vector<Done>& networks,
              const AnswerKinds& kinds) {
  for (size_t row = 0; row < kinds.asked.size(); ++row) {
    for (size_t column = 0; column < kinds.done.size(); ++column) {
      std::vector<Cell> cells{task, kinds.asked[row], kinds.done[column], kinds.samples[row]};
      for (const Done& done : networks) {
        const auto count = done.counts[static_cast<int64_t>(row)][static_cast<int64_t>(column)];
        cells.emplace_back(count.item<double>() /
                           static_cast<double>(std::max<int64_t>(kinds.samples[row], 1)));
      }
      table.add(std::move(cells));
    }
  }
}

}  // namespace

AnswerKinds answer_kinds(const modhost::Source& source, int64_t limit) {
  AnswerKinds out{source.groups(), {}, source.alternatives()};
  if (out.asked.empty()) out.asked = {"all"};
  out.samples.resize(out.asked.size());
  const int64_t count = limit > 0 ? std::min(limit, source.size()) : source.size();
  for (int64_t i = 0; i < count; ++i) ++out.samples[static_cast<size_t>(source.group(i))];
  out.done.emplace_back("none");
  return out;
}

void write_operations(RunWriter& writer, const Results& results, const AnswerKinds& kinds) {
  Table table{{"task", "asked", "done", "samples", "unmasked", "masked", "inverse"}, {}};
  for (const MaskResult& result : results) {
    if (!result.answers) continue;
    const auto& [unmasked, masked, inverse] = *result.answers;
    const std::vector<Done> networks = {
        {unmasked, "validation/iid/confusion/"},
        {masked, "confusion/" + result.task + "/"},
        {inverse, "inverse_mask_test/" + result.task + "/confusion/"}};
    for (const Done& done : networks) write_scalars(writer, done, kinds);
    add_rows(table, result.task, networks, kinds);
  }
  if (!table.rows.empty()) writer.table("operations", table);
}

}  // namespace modhost_diffmask
