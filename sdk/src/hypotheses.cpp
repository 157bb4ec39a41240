#include "modhost/hypotheses.h"

#include <algorithm>
#include <cmath>

#include "modhost/significance.h"
#include "modhost/statistics.h"

namespace modhost {
inline namespace v1 {
namespace {

double standard_error(const std::vector<double>& values) {
  return values.empty() ? 0 : deviation(values) / std::sqrt(static_cast<double>(values.size()));
}

}  // namespace

double bounded_share(double own, double control) {
  if (own == control) return 0.5;
  if (std::isinf(own)) return 1;
  const double out = own / (own + control);
  return std::isfinite(out) ? out : 0.5;
}

Combined combined(const Hypothesis& hypothesis, bool tied) {
  std::vector<double> p, centred;
  for (const Evidence& own : hypothesis.evidence) {
    p.push_back(tied ? own.p_tied : own.p);
    centred.push_back(centred_p(p.back(), hypothesis.draws));
  }
  Combined out;
  out.fisher = fisher_combined(centred);
  out.stouffer = stouffer_combined(centred);
  out.ranks = rank_chi_square(p, hypothesis.draws);
  out.bates = bates_combined(centred);
  for (const double value : centred) {
    out.fisher_stat -= std::log(value) / static_cast<double>(centred.size());
  }
  const CriticalP critical = critical_p(p);
  if (!critical.any) return out;
  out.critical = critical.p;
  out.significant =
      std::count_if(p.begin(), p.end(), [&](double value) { return value <= critical.p; });
  return out;
}

Effects effects(const Hypothesis& hypothesis) {
  std::vector<double> published, mended, factors;
  for (const Evidence& own : hypothesis.evidence) {
    published.push_back(2 * own.effect);
    mended.push_back(2 * own.mended);
    if (own.factor) factors.push_back(*own.factor);
  }
  Effects out{mean(published), standard_error(published), mean(mended), standard_error(mended), {}};
  if (!factors.empty()) out.factor = mean(factors);
  return out;
}

Cell finite_cell(const std::optional<double>& number) {
  return number && std::isfinite(*number) ? Cell(*number) : Cell();
}

Table hypothesis_table(const std::vector<Hypothesis>& hypotheses) {
  Table table{{"hypothesis", "ties", "sub_clusters", "controls", "fisher", "fisher_stat",
               "stouffer", "chi2_categorical", "bates", "significant", "critical_p", "effect",
               "effect_sem", "effect_mended", "effect_mended_sem", "factor"},
              {}};
  for (const Hypothesis& hypothesis : hypotheses) {
    const Effects size = effects(hypothesis);
    for (const bool tied : {false, true}) {
      const Combined all = combined(hypothesis, tied);
      table.add({hypothesis.name, tied ? "counted against" : "left out",
                 static_cast<int64_t>(hypothesis.evidence.size()), hypothesis.draws, all.fisher,
                 all.fisher_stat, all.stouffer, all.ranks, all.bates, all.significant,
                 finite_cell(all.critical), size.effect, size.error, size.mended, size.mended_error,
                 finite_cell(size.factor)});
    }
  }
  return table;
}

}  // namespace v1
}  // namespace modhost
