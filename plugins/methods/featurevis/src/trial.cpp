#include "trial.h"

#include <modhost/significance.h>
#include <modhost/statistics.h>

#include <algorithm>
#include <cmath>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

Evidence compared(double own, const std::vector<double>& random) {
  Evidence out;
  out.own = own;
  out.control = mean(random);
  std::vector<double> published, mended;
  for (const double drawn : random) {
    const double share = own / (own + drawn);
    published.push_back(std::isfinite(share) ? share : 0);
    mended.push_back(bounded_share(std::max(0.0, own), std::max(0.0, drawn)));
  }
  out.effect = mean(published);
  out.mended = mean(mended);
  const double factor = out.control / own;
  if (std::isfinite(factor)) out.factor = factor;
  return out;
}

template <typename Number>
void add(std::vector<TrialEvidence>& out, const std::string& name, const Trial& trial,
         const Number& number, bool large) {
  const std::optional<double> own = number(trial.own);
  if (!own || trial.controls.empty()) return;
  std::vector<double> random;
  for (const Vision& control : trial.controls) random.push_back(*number(control));
  out.push_back({name, large ? large_is_evidence(*own, random) : small_is_evidence(*own, random)});
}

}  // namespace

Evidence large_is_evidence(double own, const std::vector<double>& random) {
  Evidence out = compared(own, random);
  const NullComparison found = compare_with_null(own, random);
  out.p = found.p_above;
  out.p_tied = found.p_above_tied;
  return out;
}

Evidence small_is_evidence(double own, const std::vector<double>& random) {
  Evidence out = compared(own, random);
  const NullComparison found = compare_with_null(own, random);
  out.p = found.p_below;
  out.p_tied = found.p_below_tied;
  return out;
}

std::vector<TrialEvidence> evidence_of(const Trial& trial) {
  using Number = std::optional<double>;
  std::vector<TrialEvidence> out;
  add(
      out, "score", trial, [](const Vision& of) { return Number(of.score); }, true);
  add(
      out, "entropy", trial, [](const Vision& of) { return of.entropy; }, false);
  add(
      out, "dispersion", trial, [](const Vision& of) { return Number(of.dispersion); }, false);
  if (trial.top.entropy && !trial.control_tops.empty()) {
    std::vector<double> random;
    for (const TopSamples& control : trial.control_tops) random.push_back(*control.entropy);
    out.push_back({"top_entropy", small_is_evidence(*trial.top.entropy, random)});
  }
  return out;
}

std::vector<Hypothesis> hypotheses_of(const std::vector<Trial>& trials) {
  std::vector<Hypothesis> out;
  for (const Trial& trial : trials) {
    for (const TrialEvidence& own : evidence_of(trial)) {
      auto found = std::find_if(out.begin(), out.end(),
                                [&](const Hypothesis& one) { return one.name == own.name; });
      if (found == out.end()) {
        out.push_back({own.name, static_cast<int64_t>(trial.controls.size()), {}});
        found = out.end() - 1;
      }
      found->evidence.push_back(own.evidence);
    }
  }
  return out;
}

}  // namespace modhost_featurevis
