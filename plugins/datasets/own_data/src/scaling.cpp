#include "scaling.h"

#include <algorithm>
#include <cmath>

namespace modhost_own_data {

Normalize normalize_named(const std::string& name) {
  const auto found = std::find(kNormalizeNames.begin(), kNormalizeNames.end(), name);
  return static_cast<Normalize>(found - kNormalizeNames.begin());
}

ScalingCounter::ScalingCounter(int64_t features) : seen_(static_cast<size_t>(features)) {}

void ScalingCounter::add(size_t feature, double value) {
  Seen& seen = seen_[feature];
  seen.low = seen.count == 0 ? value : std::min(seen.low, value);
  seen.high = seen.count == 0 ? value : std::max(seen.high, value);
  const double before = value - seen.mean;
  seen.mean += before / static_cast<double>(++seen.count);
  seen.squares += before * (value - seen.mean);
}

Scaling ScalingCounter::scaling(Normalize kind) const {
  Scaling out;
  for (const Seen& seen : seen_) {
    double zero = 0, unit = 1;
    if (kind == Normalize::standard && seen.count > 0) {
      zero = seen.mean;
      unit = std::sqrt(seen.squares / static_cast<double>(seen.count));
    } else if (kind == Normalize::unit) {
      zero = seen.low;
      unit = seen.high - seen.low;
    }
    const auto step = static_cast<float>(unit);
    out.zero.push_back(static_cast<float>(zero));
    out.unit.push_back(step > 0 && std::isfinite(step) ? step : 1);
  }
  return out;
}

}  // namespace modhost_own_data
