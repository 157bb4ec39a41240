#include "hypotheses.h"

#include <modhost/statistics.h>

#include <algorithm>
#include <cmath>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double level(const Score& score) { return score.parts.empty() ? score.overall : mean(score.parts); }

double share(double own, double control, double otherwise) {
  const double out = own / (own + control);
  return std::isfinite(out) ? out : otherwise;
}

std::optional<double> ratio(double top, double bottom) {
  const double out = top / bottom;
  return std::isfinite(out) ? std::optional<double>(out) : std::nullopt;
}

}  // namespace

Evidence importance(const SingleLesion& lesion, const Score& whole, bool by_loss) {
  const double sign = by_loss ? -1 : 1;  // so that damage lowers
  const double own = sign * level(lesion.own), intact = sign * level(whole);
  std::vector<double> random;
  for (const Score& control : lesion.controls) random.push_back(sign * level(control));
  const NullComparison found = compare_with_null(own, random);
  const double lost = intact - own, lost_random = intact - mean(random);
  Evidence out{lost, lost_random, found.p_below, found.p_below_tied, 0, 0.5, {}};
  if (lost > 0 && lost_random > 0) out.effect = share(lost, lost_random, 0);
  out.mended = bounded_share(std::max(0.0, lost), std::max(0.0, lost_random));
  out.factor = ratio(mean(random), own);
  return out;
}

double unevenness(const std::vector<double>& parts, const std::vector<double>& whole) {
  std::vector<double> changes;
  for (size_t i = 0; i < parts.size(); ++i) changes.push_back(parts[i] - whole[i]);
  if (changes.empty()) return 0;
  const auto [least, greatest] = std::minmax_element(changes.begin(), changes.end());
  return *greatest == *least ? 0 : (*greatest - *least) / std::abs(mean(changes));
}

Evidence coherence(const SingleLesion& lesion, const Score& whole) {
  const double own = unevenness(lesion.own.parts, whole.parts);
  std::vector<double> random;
  for (const Score& control : lesion.controls) {
    random.push_back(unevenness(control.parts, whole.parts));
  }
  const NullComparison found = compare_with_null(own, random);
  const double control = mean(random);
  // A few random lesions that cost hardly anything on the whole are all but infinitely uneven, and
  // would make up the mean.
  std::vector<double> shares;
  for (const double drawn : random) shares.push_back(bounded_share(own, drawn));
  return {own,
          control,
          found.p_above,
          found.p_above_tied,
          share(own, control, 0),
          mean(shares),
          ratio(control, own)};
}

}  // namespace modhost_lesion
