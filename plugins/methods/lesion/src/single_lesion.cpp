#include "single_lesion.h"

#include <modhost/statistics.h>

#include <limits>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double relative_gain(double loss, double whole) {
  if (loss == whole) return 0;
  if (whole == 0) return std::numeric_limits<double>::infinity();
  return (loss - whole) / whole;
}

}  // namespace

const std::vector<std::string>& taxonomy_classes() {
  static const std::vector<std::string> classes = {
      "complete",         "small", "important", "prunable", "least_important", "sig-but-not-diff",
      "diff-but-not-sig", "other"};
  return classes;
}

std::string taxonomy(const SingleLesion& lesion, std::optional<double> p, double damage,
                     const Thresholds& thresholds) {
  if (lesion.complete() || !p) return "complete";
  if (lesion.units <= thresholds.small_units) return "small";
  const bool significant = *p < thresholds.p, last = *p == 1;
  if (significant && damage >= thresholds.damage) return "important";
  if (last && damage < thresholds.damage) return "prunable";
  if (last) return "least_important";
  if (significant) return "sig-but-not-diff";
  return damage > thresholds.damage ? "diff-but-not-sig" : "other";
}

SingleResult judged(const SingleLesion& lesion, const Score& whole, bool by_loss,
                    const Thresholds& thresholds) {
  SingleResult out;
  out.difference = lesion.own.overall - whole.overall;
  out.damage = by_loss ? relative_gain(lesion.own.overall, whole.overall) : -out.difference;
  std::vector<double> random;
  for (const Score& control : lesion.controls) random.push_back(control.overall);
  if (!random.empty()) {
    const NullComparison found = compare_with_null(lesion.own.overall, random);
    out.p = by_loss ? found.p_above : found.p_below;
    out.p_tied = by_loss ? found.p_above_tied : found.p_below_tied;
    out.mean = mean(random);
    out.deviation = deviation(random);
    if (*out.deviation > 0) out.z = (lesion.own.overall - *out.mean) / *out.deviation;
  }
  out.taxonomy = taxonomy(lesion, out.p, out.damage, thresholds);
  return out;
}

}  // namespace modhost_lesion
