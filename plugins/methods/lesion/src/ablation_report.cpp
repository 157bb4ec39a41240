#include "ablation_report.h"

#include <modhost/statistics.h>

#include "unit_labels.h"
#include "words.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double mean_share(const Ablation& cluster) {
  std::vector<double> shares;
  for (const Ablated& control : cluster.controls) shares.push_back(control.share);
  return mean(shares);
}

// Something was removed, and random weights can be removed instead.
bool counts(const Ablation& cluster) {
  return cluster.own.weights > 0 && !cluster.controls.empty();
}

void add_row(Table& table, const Ablations& found, const Ablation& cluster, size_t part,
             const std::string& name) {
  const PartScore &whole = found.whole[part], &own = cluster.own.parts[part];
  const AblationTest test = tested(cluster, part, found.by_loss);
  const bool compared = counts(cluster);
  const auto random = [&](double value) { return compared ? Cell(value) : Cell(); };
  const auto accuracy = [&](double value) { return found.by_loss ? Cell() : Cell(value); };
  table.add({name, found.parts[part], cluster.units, static_cast<int64_t>(cluster.own.weights),
             cluster.own.share, random(mean_share(cluster)), accuracy(whole.accuracy),
             accuracy(own.accuracy), found.by_loss ? Cell() : random(test.accuracy.mean),
             found.by_loss ? Cell() : random(test.accuracy.deviation), whole.loss, own.loss,
             random(test.loss.mean), random(test.loss.deviation), random(test.p),
             random(test.p_tied)});
}

void write_tables(RunWriter& writer, const Ablations& found,
                  const std::vector<std::string>& names) {
  Table table{{"cluster", "part", "units", "weights", "weight_share", "random_weight_share",
               "whole_accuracy", "accuracy", "random_accuracy", "random_accuracy_sd", "whole_loss",
               "loss", "random_loss", "random_loss_sd", "p", "p_tied"},
              {}};
  Table draws{{"cluster", "draw", "part", "weights", "weight_share", "accuracy", "loss"}, {}};
  for (const Ablation& cluster : found.clusters) {
    const std::string name = cluster_name(names, cluster.label);
    for (size_t part = 0; part < found.parts.size(); ++part) {
      add_row(table, found, cluster, part, name);
      for (size_t draw = 0; draw < cluster.controls.size(); ++draw) {
        const Ablated& own = cluster.controls[draw];
        const PartScore& score = own.parts[part];
        draws.add({name, static_cast<int64_t>(draw), found.parts[part],
                   static_cast<int64_t>(own.weights), own.share,
                   found.by_loss ? Cell() : Cell(score.accuracy), score.loss});
      }
    }
  }
  writer.table("ablations", table);
  writer.table("ablation_draws", draws);
}

}  // namespace

void report_ablations(RunWriter& writer, const Ablations& found,
                      const std::vector<std::string>& names) {
  write_tables(writer, found, names);
  std::vector<double> own, random, shares, random_shares, p, p_tied;
  for (const Ablation& cluster : found.clusters) {
    if (!counts(cluster)) continue;
    const AblationTest test = tested(cluster, 0, found.by_loss);
    const PartScore& score = cluster.own.parts.front();
    own.push_back(found.by_loss ? score.loss : score.accuracy);
    random.push_back(found.by_loss ? test.loss.mean : test.accuracy.mean);
    shares.push_back(cluster.own.share);
    random_shares.push_back(mean_share(cluster));
    p.push_back(centred_p(test.p, static_cast<int64_t>(cluster.controls.size())));
    p_tied.push_back(centred_p(test.p_tied, static_cast<int64_t>(cluster.controls.size())));
  }
  writer.scalar("ablations/clusters", static_cast<double>(own.size()));
  if (own.empty()) {
    writer.say(
        "No cluster has weights between its units that random ones could stand for: none, or "
        "all of its layers. More clusters (--method.clusters) divide layers.");
    return;
  }
  const std::string what = found.by_loss ? "loss" : "accuracy";
  writer.scalar("ablations/" + what, mean(own));
  writer.scalar("ablations/random_" + what, mean(random));
  writer.scalar("ablations/weight_share", mean(shares));
  writer.scalar("ablations/random_weight_share", mean(random_shares));
  writer.headline("ablations/fisher_p", fisher_combined(p));
  writer.scalar("ablations/fisher_p_tied", fisher_combined(p_tied));
  const char* format = found.by_loss ? "%.4g" : "%.3f";
  writer.say(
      "Without the weights inside of one of " + std::to_string(own.size()) +
      " clusters the network has " + (found.by_loss ? "a loss" : "an accuracy") + " of " +
      number_text(format, mean(own)) + " on average, without those between as many random units " +
      number_text(format, mean(random)) + "; they are " + number_text("%.1f", 100 * mean(shares)) +
      " % of the sum of |w|, and " + number_text("%.1f", 100 * mean(random_shares)) +
      " %. Fisher's p " + number_text("%.2g", fisher_combined(p)) +
      ", with ties counted against it " + number_text("%.2g", fisher_combined(p_tied)) + ".");
}

}  // namespace modhost_lesion
