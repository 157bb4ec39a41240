#include "unit_metric.h"

#include <modhost/network_group.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

ScoreNorm score_norm_named(const std::string& name) {
  if (name == "sum_scores") return ScoreNorm::sum_scores;
  if (name == "mean_std") return ScoreNorm::mean_std;
  if (name == "mean") return ScoreNorm::mean;
  if (name == "std") return ScoreNorm::std;
  if (name == "prev_num_units") return ScoreNorm::prev_num_units;
  if (name == "num_units") return ScoreNorm::num_units;
  return ScoreNorm::none;
}

UnitMetric unit_metric_named(const std::string& name) {
  if (name == "activation_sum_gradient_product") return UnitMetric::output_gradient;
  if (name == "average_activation_weight_magnitude") return UnitMetric::activation_weight;
  return UnitMetric::loss_gradient;
}

std::vector<double> normalized_scores(std::vector<double> scores, ScoreNorm norm, double live,
                                      double before) {
  double sum = 0, squares = 0, count = 0;
  for (const double score : scores) {
    if (score == 0) continue;
    sum += score;
    ++count;
  }
  if (count == 0 || norm == ScoreNorm::none) return scores;
  const double mean = sum / count;
  for (const double score : scores) squares += score == 0 ? 0 : (score - mean) * (score - mean);
  // Of the sample, as torch.std; a layer of one unit or of equal scores is left as it is.
  const double deviation = count > 1 ? std::sqrt(squares / (count - 1)) : 0;
  const double over = deviation > 0 ? deviation : 1;
  for (double& score : scores) {
    if (score == 0) continue;
    if (norm == ScoreNorm::sum_scores) score /= sum != 0 ? sum : 1;
    if (norm == ScoreNorm::mean_std) score = (score - mean) / over;
    if (norm == ScoreNorm::mean) score -= mean;
    if (norm == ScoreNorm::std) score /= over;
    if (norm == ScoreNorm::prev_num_units) score /= std::max(before, 1.0);
    if (norm == ScoreNorm::num_units) score *= live;
  }
  return scores;
}

namespace {

// Mean size of the weights out of each unit that are left, [networks, units] of each group that
// others read.
std::vector<Tensor> outgoing_means(const Cutter& cutter, const Networks& networks) {
  const UnitNetwork& network = cutter.network();
  std::vector<Tensor> sums(network.groups.size()), counts(network.groups.size());
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    const UnitKernel& kernel = network.kernels[i];
    const auto group = static_cast<size_t>(kernel.from);
    const Tensor kept = tensor_of(networks.kept, kernel.parameter).flatten(1);
    const Tensor sizes = tensor_of(networks.values, kernel.parameter).flatten(1).abs();
    for (const Tensor& from : cutter.entries()[i].from) {
      const Tensor flat = from.flatten(), mask = kept & (flat >= 0);
      for (auto& [sum, add] : {std::pair{&sums, (sizes * mask).to(torch::kDouble)},
                               std::pair{&counts, mask.to(torch::kDouble)}}) {
        Tensor& own = (*sum)[group];
        if (!own.defined()) {
          own = torch::zeros({networks.size(), network.groups[group].units}, torch::kDouble);
        }
        own.index_add_(1, flat.clamp_min(0), add);
      }
    }
  }
  for (size_t group = 0; group < sums.size(); ++group) {
    if (sums[group].defined()) sums[group].div_(counts[group].clamp_min(1));
  }
  return sums;
}

// normalized_scores() of all hidden groups, those of each network one after the other.
std::vector<std::vector<double>> all_normalized(const Cutter& cutter, const Networks& networks,
                                                const std::vector<Tensor>& found, ScoreNorm norm) {
  std::vector<std::vector<double>> scores(static_cast<size_t>(networks.size()));
  size_t place = 0;
  std::vector<double> before(scores.size(), 0);  // live units of the layer before
  for (size_t i = 0; i < found.size(); ++i) {
    const int64_t units = cutter.network().groups[i].units;
    if (!cutter.is_hidden(i)) {
      if (place == 0) before.assign(scores.size(), static_cast<double>(units));
      continue;
    }
    const Tensor& live = networks.units[place++].second;
    for (size_t n = 0; n < scores.size(); ++n) {
      const auto row = static_cast<int64_t>(n);
      const double count = live[row].sum().item<double>();
      std::vector<double> own(static_cast<size_t>(units), std::numeric_limits<double>::quiet_NaN());
      if (found[i].defined()) {
        own = normalized_scores(row_of(found[i] * live, row), norm, count, before[n]);
      }
      scores[n].insert(scores[n].end(), own.begin(), own.end());
      before[n] = count;
    }
  }
  return scores;
}

}  // namespace

std::vector<std::vector<double>> unit_scores(const Cutter& cutter, const Networks& networks,
                                             const Source& samples, UnitMetric metric,
                                             ScoreNorm norm, UnitScoreChoice how) {
  how.kind = metric == UnitMetric::loss_gradient     ? UnitScore::loss_gradient
             : metric == UnitMetric::output_gradient ? UnitScore::output_gradient
                                                     : UnitScore::activation;
  NetworkGroup group(cutter.model(), networks.values,
                     std::vector<uint64_t>(static_cast<size_t>(networks.size()), 0));
  std::vector<Tensor> found = modhost::unit_scores(cutter.model(), cutter.network(), samples,
                                                   networks.size(), group.variations(), how);
  if (metric == UnitMetric::activation_weight) {
    const std::vector<Tensor> out = outgoing_means(cutter, networks);
    for (size_t i = 0; i < found.size(); ++i) {
      if (found[i].defined() && out[i].defined()) found[i].mul_(out[i]);
    }
  }
  return all_normalized(cutter, networks, found, norm);
}

}  // namespace modhost_sculpting
