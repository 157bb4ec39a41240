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

std::string taxonomy(double p, double damage, const Thresholds& thresholds) {
  const bool significant = p < thresholds.p, last = p == 1;
  if (significant && damage >= thresholds.damage) return "important";
  if (last && damage < thresholds.damage) return "prunable";
  if (last) return "least_important";
  if (significant) return "sig-but-not-diff";
  return damage > thresholds.damage ? "diff-but-not-sig" : "other";
}

SingleResult compared(const Score& own, const std::vector<Score>& controls, const Score& whole,
                      bool by_loss, const Thresholds& thresholds) {
  SingleResult out;
  out.difference = own.overall - whole.overall;
  out.damage = by_loss ? relative_gain(own.overall, whole.overall) : -out.difference;
  out.taxonomy = "complete";
  if (controls.empty()) return out;
  std::vector<double> random;
  for (const Score& control : controls) random.push_back(control.overall);
  const NullComparison found = compare_with_null(own.overall, random);
  out.p = by_loss ? found.p_above : found.p_below;
  out.p_tied = by_loss ? found.p_above_tied : found.p_below_tied;
  out.mean = mean(random);
  out.deviation = deviation(random);
  if (*out.deviation > 0) out.z = (own.overall - *out.mean) / *out.deviation;
  out.taxonomy = taxonomy(*out.p, out.damage, thresholds);
  return out;
}

SingleResult judged(const SingleLesion& lesion, const Score& whole, bool by_loss,
                    const Thresholds& thresholds) {
  SingleResult out = compared(lesion.own, lesion.controls, whole, by_loss, thresholds);
  if (lesion.complete()) {
    out.taxonomy = "complete";
  } else if (lesion.units <= thresholds.small_units) {
    out.taxonomy = "small";
  }
  return out;
}

}  // namespace modhost_lesion
