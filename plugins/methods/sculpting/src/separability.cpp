#include "separability.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double over(double difference, double deviation) {
  return deviation == 0 ? difference : difference / deviation;
}

Overlap overlap(const Features& features, size_t a, size_t b, size_t columns) {
  return {features.count(a), features.count(b), features.common(a, b),
          static_cast<int64_t>(columns)};
}

// The pair that is joined first.
Overlap of_closest(const Features& features, const Linkage& linkage, size_t nearby) {
  const auto units = static_cast<int64_t>(features.units());
  const std::vector<int64_t> labels = linkage.labels(units - 1);
  for (size_t b = 1; b < labels.size(); ++b) {
    const auto a = std::find(labels.begin(), labels.begin() + static_cast<int64_t>(b), labels[b]);
    if (a != labels.begin() + static_cast<int64_t>(b)) {
      return overlap(features, static_cast<size_t>(a - labels.begin()), b, nearby);
    }
  }
  return overlap(features, 0, 1, nearby);
}

// The two clusters that are joined last, each with all that its units have.
Overlap of_halves(Features features, const Linkage& linkage, size_t nearby) {
  const std::vector<int64_t> labels = linkage.labels(2);
  size_t other = 0;
  while (labels[other] == labels[0]) ++other;
  for (size_t unit = 1; unit < labels.size(); ++unit) {
    features.unite(labels[unit] == labels[0] ? 0 : other, unit);
  }
  return overlap(features, 0, other, nearby);
}

Overlap of_closest_nearby(const Features& features, const LinkageRule& rule, size_t nearby) {
  const Features first = features.first(nearby);
  return of_closest(first, rule.of(first), nearby);
}

}  // namespace

double Overlap::expected() const {
  const auto n = static_cast<double>(columns);
  return n * (static_cast<double>(a) * static_cast<double>(b) / (n * n));
}

double Overlap::deviation() const {
  const auto n = static_cast<double>(columns);
  const double x = static_cast<double>(a) * static_cast<double>(b) / (n * n);
  return std::sqrt(std::max(0.0, n * x * (1 - x)));
}

bool Overlap::separate() const {
  return both < 1 || (both < std::max(a, b) && static_cast<double>(both) <= expected());
}

bool Overlap::single() const {
  return both >= std::max(a, b) || (both >= 1 && static_cast<double>(both) >= expected());
}

Linkage LinkageRule::of(const Features& features) const {
  return Linkage(features.distances(distance), kind);
}

std::optional<int64_t> separability(const Features& features, size_t nearby,
                                    const LinkageRule& rule, const Linkage& whole) {
  const Overlap closest = nearby < features.columns() ? of_closest_nearby(features, rule, nearby)
                                                      : of_closest(features, whole, nearby);
  const Overlap halves = of_halves(features, whole, nearby);
  const bool separate = closest.separate(), single = halves.single();
  const auto units = static_cast<int64_t>(features.units());
  if (separate && single) {
    const double apart =
        over(closest.expected() - static_cast<double>(closest.both), closest.deviation());
    const double one =
        over(static_cast<double>(halves.both) - halves.expected(), halves.deviation());
    return one >= apart ? 1 : units;
  }
  if (single) return 1;
  if (separate) return units;
  return std::nullopt;
}

}  // namespace modhost_sculpting
