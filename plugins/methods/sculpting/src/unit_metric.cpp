// Numbers behind the choice of units.
#include <algorithm>
#include <cmath>

#include "cuts.h"

namespace modhost_sculpting {

double percentile(std::vector<double> values, double percent) {
  std::sort(values.begin(), values.end());
  const double place =
      std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, values.size() - 1);
  const double part = place - static_cast<double>(below), step = values[above] - values[below];
  return part < 0.5 ? values[below] + step * part : values[above] - step * (1 - part);
}

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

}  // namespace modhost_sculpting
