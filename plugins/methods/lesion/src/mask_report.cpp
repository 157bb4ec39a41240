#include "mask_report.h"

#include <modhost/statistics.h>

#include "unit_labels.h"
#include "words.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

void append(std::vector<Cell>& row, const TestedOverlap& found) {
  const Overlap& own = found.own;
  for (const double size : {own.mask, own.cluster, own.both}) {
    row.emplace_back(static_cast<int64_t>(size));
  }
  for (const double share : {own.iou(), own.of_mask(), own.of_cluster(), found.iou.mean,
                             found.iou.deviation, found.iou.p_above_tied}) {
    row.emplace_back(share);
  }
}

Table pair_table(const MaskClusters& found, const std::vector<std::string>& names) {
  Table table{{"mask", "cluster"}, {}};
  for (const std::string what : {"unit", "weight"}) {
    for (const char* column : {"mask", "cluster", "both"}) {
      table.columns.push_back(what + "s_" + column);
    }
    for (const char* column :
         {"iou", "of_mask", "of_cluster", "iou_chance", "iou_chance_sd", "p"}) {
      table.columns.push_back(what + "_" + column);
    }
  }
  table.columns.emplace_back("magnitude_of_cluster");
  for (const MaskCluster& pair : found.pairs) {
    std::vector<Cell> row = {pair.task, cluster_name(names, pair.label)};
    append(row, pair.units);
    append(row, pair.weights);
    row.emplace_back(pair.of_magnitude);
    table.add(std::move(row));
  }
  return table;
}

Table mask_table(const MaskClusters& found, const std::vector<std::string>& names) {
  Table table{{"mask", "units", "own_units", "weights", "in_all_mask", "of_all_mask",
               "best_cluster", "best_iou", "best_iou_chance", "best_p"},
              {}};
  for (const MaskShare& mask : found.masks) {
    const auto share = [&](double value) { return found.has_all ? Cell(value) : Cell(); };
    table.add(
        {mask.task, mask.units, mask.own_units, static_cast<int64_t>(mask.weights),
         share(mask.in_all), share(mask.of_all), cluster_name(names, found.pairs[mask.best].label),
         found.pairs[mask.best].weights.own.iou(), mask.best_iou.mean, mask.best_iou.p_above_tied});
  }
  return table;
}

// The cluster whose weights overlap most with each mask's.
void tell(RunWriter& writer, const MaskClusters& found, const std::vector<std::string>& names) {
  Table table{{"mask", "cluster", "IoU of weights", "by chance", "p", "IoU of own units"}, {}};
  std::vector<double> own, chance, p;
  for (const MaskShare& mask : found.masks) {
    const MaskCluster& best = found.pairs[mask.best];
    own.push_back(best.weights.own.iou());
    chance.push_back(mask.best_iou.mean);
    p.push_back(centred_p(mask.best_iou.p_above_tied, mask.best_iou.draws));
    table.add({mask.task, cluster_name(names, best.label), number_text("%.3f", own.back()),
               number_text("%.3f", chance.back()), number_text("%.3f", mask.best_iou.p_above_tied),
               number_text("%.3f", best.units.own.iou())});
  }
  writer.headline("masks_clusters/iou", mean(own));
  writer.scalar("masks_clusters/iou_chance", mean(chance));
  writer.scalar("masks_clusters/fisher_p", fisher_combined(p));
  writer.show(table);
  writer.say(
      "Each mask beside the cluster whose inner weights it shares most (IoU); by chance: the "
      "largest IoU when labels are permuted within each layer. All masks together: Fisher's p " +
      number_text("%.2g", fisher_combined(p)) + ". All pairs are in tables/masks_clusters.csv.");
}

}  // namespace

void report_mask_clusters(RunWriter& writer, const MaskClusters& found,
                          const std::vector<std::string>& names) {
  writer.table("masks_clusters", pair_table(found, names));
  writer.table("masks", mask_table(found, names));
  tell(writer, found, names);
}

}  // namespace modhost_lesion
