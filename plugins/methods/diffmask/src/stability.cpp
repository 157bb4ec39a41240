#include "stability.h"

#include <modhost/statistics.h>

#include <algorithm>

#include "mask_metrics.h"

namespace modhost_diffmask {
namespace {

using modhost::Cell;
using modhost::RunWriter;
using modhost::Table;

using Group = std::vector<const MaskResult*>;  // the masks of one task

std::vector<Group> by_task(const Results& results) {
  std::vector<Group> out;
  for (const MaskResult& result : results) {
    const auto same = [&](const Group& group) { return group.front()->task == result.task; };
    auto found = std::find_if(out.begin(), out.end(), same);
    if (found == out.end()) found = out.insert(out.end(), Group{});
    found->push_back(&result);
  }
  return out;
}

void write_each(RunWriter& writer, const Results& results) {
  Table table{{"task", "repeat", "data", "unmasked", "masked", "inverse", "kept"}, {}};
  for (const MaskResult& result : results) {
    const auto row = [&](const std::string& data, const MaskResult::On& on) {
      table.add({result.task, result.repeat, data, on.unmasked, on.masked, on.inverse,
                 ones(result.bits)});
    };
    row("task", result.own);
    if (result.other) row("other", *result.other);
  }
  writer.table("repeats", table);
}

// Mean and half the 95 % interval.
void add_mean(std::vector<Cell>& row, const std::vector<double>& values) {
  row.emplace_back(modhost::mean(values));
  row.emplace_back(modhost::confidence_95(values));
}

std::vector<Cell> row_of(const Group& group) {
  std::vector<double> masked, inverse, kept;
  std::vector<modhost::NamedTensors> masks;
  for (const MaskResult* one : group) {
    masked.push_back(one->own.masked);
    inverse.push_back(one->own.inverse);
    kept.push_back(static_cast<double>(ones(one->bits)));
    masks.push_back(one->bits);
  }
  std::vector<Cell> row{group.front()->task, static_cast<int64_t>(group.size())};
  add_mean(row, masked);
  add_mean(row, inverse);
  add_mean(row, kept);
  const Stability found = stability(masks);
  for (const double number : {found.iou, found.iou_deviation, found.io_min, found.io_min_deviation,
                              found.random_io_min}) {
    row.emplace_back(number);
  }
  return row;
}

}  // namespace

Stability stability(const std::vector<modhost::NamedTensors>& masks) {
  std::vector<double> iou, io_min, random;
  for (size_t i = 0; i < masks.size(); ++i) {
    for (size_t j = i + 1; j < masks.size(); ++j) {
      const Overlap pair = overlap(masks[i], masks[j]);
      iou.push_back(pair.iou());
      io_min.push_back(pair.io_min());
      const auto smaller = static_cast<double>(std::max<int64_t>(1, std::min(pair.a, pair.b)));
      random.push_back(random_overlap(masks[i], masks[j], true).mean / smaller);
    }
  }
  return {static_cast<int64_t>(iou.size()), modhost::mean(iou),
          modhost::deviation(iou),          modhost::mean(io_min),
          modhost::deviation(io_min),       modhost::mean(random)};
}

void write_repeats(RunWriter& writer, const Results& results) {
  write_each(writer, results);
  Table table{{"task", "repeats", "masked", "masked_ci95", "inverse", "inverse_ci95", "kept",
               "kept_ci95", "iou", "iou_deviation", "iomin", "iomin_deviation", "random_iomin"},
              {}};
  for (const Group& group : by_task(results)) {
    table.add(row_of(group));
    std::vector<modhost::NamedTensors> masks;
    for (const MaskResult* one : group) masks.push_back(one->bits);
    writer.scalar("masks_stability/" + group.front()->task + "/iou", stability(masks).iou);
  }
  writer.table("stability", table);
}

}  // namespace modhost_diffmask
