#include "report.h"

#include <modhost/count_text.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

Cell finite(double number) { return std::isfinite(number) ? Cell(number) : Cell(); }

// label -> units, of one group.
std::map<int64_t, int64_t> counts_of(const UnitLabels& labels, int64_t first, int64_t last) {
  std::map<int64_t, int64_t> out;
  for (int64_t unit = first; unit < last; ++unit) ++out[labels[static_cast<size_t>(unit)]];
  return out;
}

Table cluster_table(const UnitGraph& graph, const UnitLabels& labels) {
  Table table{{"layer", "cluster", "units", "share", "weight", "weight_within"}, {}};
  const std::vector<int64_t> offsets = graph.offsets();
  const std::vector<double> degrees = graph.degrees();
  std::vector<double> within(degrees.size(), 0);
  for (const UnitBlock& block : graph.blocks) {
    const int64_t rows = block.weights.size(0), columns = block.weights.size(1);
    const auto* weights = block.weights.data_ptr<double>();
    for (int64_t i = 0; i < rows; ++i) {
      const auto to = static_cast<size_t>(offsets[static_cast<size_t>(block.to)] + i);
      for (int64_t j = 0; j < columns; ++j) {
        const auto from = static_cast<size_t>(offsets[static_cast<size_t>(block.from)] + j);
        if (to == from || labels[to] != labels[from]) continue;
        within[to] += weights[i * columns + j];
        within[from] += weights[i * columns + j];
      }
    }
  }
  for (size_t group = 0; group < graph.groups.size(); ++group) {
    std::map<int64_t, std::pair<double, double>> sums;
    for (int64_t unit = offsets[group]; unit < offsets[group + 1]; ++unit) {
      const auto at = static_cast<size_t>(unit);
      sums[labels[at]].first += degrees[at];
      sums[labels[at]].second += within[at];
    }
    for (const auto& [label, units] : counts_of(labels, offsets[group], offsets[group + 1])) {
      const bool none = label == kNoCluster;
      table.add({graph.groups[group].name, label, units,
                 static_cast<double>(units) / static_cast<double>(graph.groups[group].units),
                 sums[label].first, none ? Cell() : Cell(sums[label].second)});
    }
  }
  return table;
}

std::string against_text(const NullTest& test) {
  if (test.kind == "activations") return "graphs with shuffled correlations";
  return test.kind == "fresh" ? "networks with new random weights"
                              : "networks with shuffled weights (" + test.kind + ")";
}

std::string verdict(const NullTest& test) {
  const NullComparison& found = test.found;
  const std::string n = std::to_string(found.draws);
  if (found.above == found.draws) {
    const std::string of = test.kind == "activations" ? " of the activations" : "";
    return "The n-cut" + of + " " + number_text("%.3f", test.ncut) + " is smaller than in all " +
           n + " " + against_text(test) + ".";
  }
  const int64_t better = found.draws - found.above;
  return std::to_string(better) + " of " + n + " " + against_text(test) +
         " can be cut as well or better than the network (" + number_text("%.3f", test.ncut) + ").";
}

void write_scalars(RunWriter& writer, const NullTest& test) {
  const NullComparison& found = test.found;
  const std::string path = "nulls/" + test.kind + "/";
  writer.scalar(path + "mean", found.mean);
  writer.scalar(path + "deviation", found.deviation);
  writer.scalar(path + "p", found.p_below);
  writer.scalar(path + "p_tied", found.p_below_tied);
  writer.scalar(path + "significant", found.least() ? 1 : 0);
  if (std::isfinite(found.z)) writer.scalar(path + "z", found.z);
}

}  // namespace

double inside_to_outside(double ncut, int64_t clusters) {
  const double share = ncut / static_cast<double>(clusters);
  return (1 - share) / (2 * share);
}

void write_clusters(RunWriter& writer, const UnitGraph& graph, const Clusterer& clusterer) {
  const Clusters& own = clusterer.own();
  writer.headline("ncut", own.ncut);
  writer.scalar("ncut_tested", clusterer.tested_ncut());
  writer.scalar("clusters", static_cast<double>(clusterer.clusters()));
  if (own.ncut > 0) {
    writer.scalar("ave_in_out", inside_to_outside(own.ncut, clusterer.clusters()));
  }
  Table spectrum{{"index", "eigenvalue"}, {}};
  for (size_t i = 0; i < own.eigenvalues.size(); ++i) {
    writer.scalar("eigenvalue/" + std::to_string(i + 1), own.eigenvalues[i]);
    spectrum.add({static_cast<int64_t>(i + 1), own.eigenvalues[i]});
  }
  if (!own.eigenvalues.empty()) writer.table("eigenvalues", spectrum);
  if (clusterer.aligned()) {
    writer.scalar("aligned/agreement", own.agreement);
    writer.scalar("aligned/ncut", ncut(graph, own.labels));
  }
  writer.table("clusters", cluster_table(graph, own.labels));
  write_labels(writer, "labels", graph.groups, own.labels);
}

void write_tests(RunWriter& writer, const Clusterer& clusterer,
                 const std::vector<NullTest>& tests) {
  if (tests.empty()) return;
  Table table{{"shuffle", "n_samples", "ncut", "ave_in_out", "mean", "stdev", "least", "greatest",
               "z_score", "percentile", "percentile_tied"},
              {}};
  Table draws{{"shuffle", "draw", "ncut"}, {}};
  for (const NullTest& test : tests) {
    const NullComparison& found = test.found;
    const auto [least, greatest] = std::minmax_element(test.ncuts.begin(), test.ncuts.end());
    table.add({test.kind, found.draws, test.ncut,
               finite(inside_to_outside(test.ncut, clusterer.clusters())), found.mean,
               found.deviation, *least, *greatest, finite(found.z), found.p_below,
               found.p_below_tied});
    for (size_t i = 0; i < test.ncuts.size(); ++i) {
      draws.add({test.kind, static_cast<int64_t>(i), test.ncuts[i]});
    }
    write_scalars(writer, test);
    const double d = cohens_d(tests.front().ncuts, test.ncuts);
    if (&test != &tests.front() && std::isfinite(d)) {
      writer.scalar("nulls/" + test.kind + "/cohens_d", d);
    }
  }
  writer.table("nulls", table);
  writer.table("null_draws", draws);
  const NullTest& first = tests.front();
  if (first.kind == "activations") return;
  if (std::isfinite(first.found.z)) writer.headline("z", first.found.z);
  writer.headline("p", first.found.p_below);
}

void show_results(RunWriter& writer, const UnitGraph& graph, const Clusterer& clusterer,
                  const std::vector<NullTest>& tests) {
  const UnitLabels& labels = clusterer.own().labels;
  const std::vector<int64_t> offsets = graph.offsets();
  Table table{{"layer", "units", "isolated", "in clusters of"}, {}};
  for (size_t group = 0; group < graph.groups.size(); ++group) {
    std::vector<int64_t> sizes;
    int64_t isolated = 0;
    for (const auto& [label, units] : counts_of(labels, offsets[group], offsets[group + 1])) {
      if (label == kNoCluster) {
        isolated = units;
      } else {
        sizes.push_back(units);
      }
    }
    std::sort(sizes.rbegin(), sizes.rend());
    std::string list;
    for (size_t i = 0; i < std::min<size_t>(sizes.size(), 8); ++i) {
      list += (i == 0 ? "" : " ") + std::to_string(sizes[i]);
    }
    if (sizes.size() > 8) list += " ...";
    table.add({graph.groups[group].name, graph.groups[group].units, isolated, list});
  }
  writer.show(table);
  if (!tests.empty()) {
    Table shown{{"compared with", "n", "n-cut", "their mean", "deviation", "z", "p"}, {}};
    for (const NullTest& test : tests) {
      shown.add({test.kind, test.found.draws, number_text("%.3f", test.ncut),
                 number_text("%.3f", test.found.mean), number_text("%.3f", test.found.deviation),
                 number_text("%.2f", test.found.z), number_text("%.3f", test.found.p_below)});
    }
    writer.show(shown);
  }
  const double best = clusterer.own().ncut, tested = clusterer.tested_ncut();
  writer.say(
      "The n-cut of " + std::to_string(clusterer.clusters()) + " clusters is " +
      number_text("%.3f", best) +
      (best < tested ? "; by k-means alone, as in the tests, " + number_text("%.3f", tested) : "") +
      ".");
  for (const NullTest& test : tests) writer.say(verdict(test));
}

}  // namespace modhost_spectral
