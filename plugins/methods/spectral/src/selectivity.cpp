#include "selectivity.h"

#include <modhost/unit_activations.h>

#include <algorithm>
#include <numeric>

#include "agreement.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kUnitsAtOnce = 128;    // whose correlations with each other are computed in vain
constexpr double kTie = 1e-12;           // what rounding makes of equal correlations
constexpr int64_t kSamplesAtOnce = 256;  // whose inputs are loaded to know their classes

Selectivity of_unit(const double* correlations, int64_t class_count) {
  Selectivity out;
  for (int64_t i = 0; i < class_count; ++i) {
    const double size = std::abs(correlations[i]);
    if (size > out.of_best + kTie) {
      out.second = out.best;
      out.of_second = out.of_best;
      out.best = i;
      out.of_best = size;
    } else if (size > out.of_second + kTie) {
      out.second = i;
      out.of_second = size;
    }
  }
  return out;
}

// Of the first samples of a source.
Tensor classes_of(const Source& source, int64_t samples) {
  std::vector<Tensor> parts;
  for (int64_t first = 0; first < samples; first += kSamplesAtOnce) {
    std::vector<int64_t> indices(static_cast<size_t>(std::min(kSamplesAtOnce, samples - first)));
    std::iota(indices.begin(), indices.end(), first);
    parts.push_back(source.load(indices).target);
  }
  return torch::cat(parts);
}

Cell class_cell(int64_t label) { return label < 0 ? Cell() : Cell(label); }

}  // namespace

std::vector<Selectivity> selectivities(const Tensor& values, const Tensor& classes,
                                       int64_t class_count) {
  const Tensor indicators = classes.view({-1, 1}).eq(torch::arange(class_count)).to(torch::kDouble);
  std::vector<Selectivity> out;
  for (int64_t first = 0; first < values.size(1); first += kUnitsAtOnce) {
    const int64_t units = std::min(kUnitsAtOnce, values.size(1) - first);
    const Tensor both = torch::cat({values.narrow(1, first, units), indicators}, 1);
    const Tensor found = correlations(both, Correlation::pearson)
                             .slice(0, 0, units)
                             .slice(1, units, units + class_count)
                             .contiguous();
    const auto* rows = found.data_ptr<double>();
    for (int64_t unit = 0; unit < units; ++unit) {
      out.push_back(of_unit(rows + unit * class_count, class_count));
    }
  }
  return out;
}

void compare_selectivities(Experiment& experiment, const HiddenValues& hidden,
                           const UnitGraph& weights, const Clusterer& clusterer) {
  const auto& groups = hidden.network.groups;
  const UnitLabels clusters = labels_of(groups, weights, clusterer.own().labels);
  Table table{
      {"layer", "unit", "cluster", "class", "correlation", "second_class", "second_correlation"},
      {}};
  UnitLabels best, second;
  Tensor classes;
  for (size_t group = 0; group < groups.size(); ++group) {
    std::vector<Selectivity> found(static_cast<size_t>(groups[group].units));
    const Tensor& values = hidden.values[group];
    if (values.defined()) {
      if (!classes.defined()) {
        classes = classes_of(*experiment.data().all(Split::test), values.size(0));
      }
      found = selectivities(values, classes, experiment.data().signature().output_size());
    }
    for (size_t unit = 0; unit < found.size(); ++unit) {
      const Selectivity& one = found[unit];
      table.add({groups[group].name, static_cast<int64_t>(unit), clusters[best.size()],
                 class_cell(one.best), one.of_best, class_cell(one.second), one.of_second});
      best.push_back(one.best);
      second.push_back(one.second);
    }
  }
  RunWriter& writer = experiment.writer();
  writer.table("selectivities", table);
  const uint64_t seed = experiment.seed("selectivity");
  write_agreement(writer, "selectivity/nmi", clusters, best, seed);
  write_agreement(writer, "selectivity/nmi_second", clusters, second, seed);
}

}  // namespace modhost_spectral
