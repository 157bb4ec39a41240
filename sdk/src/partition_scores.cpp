#include <algorithm>
#include <cmath>
#include <map>

#include "modhost/clustering.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

using Counts = std::map<int64_t, double>;

// How many units are in each pair of clusters, and in each cluster.
struct Contingency {
  std::map<std::pair<int64_t, int64_t>, double> pairs;
  Counts a, b;
  double units = 0;
};

Contingency count(const UnitLabels& a, const UnitLabels& b) {
  check(a.size() == b.size(), ErrorCode::shape,
        "two partitions of " + std::to_string(a.size()) + " and " + std::to_string(b.size()) +
            " units cannot be compared");
  Contingency out;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] < 0 || b[i] < 0) continue;
    ++out.pairs[{a[i], b[i]}];
    ++out.a[a[i]];
    ++out.b[b[i]];
    ++out.units;
  }
  return out;
}

double entropy(const Counts& counts, double units) {
  double out = 0;
  for (const auto& [label, count] : counts) out -= count / units * std::log(count / units);
  return std::max(out, 0.0);
}

double mean_of(double a, double b, EntropyMean mean) {
  switch (mean) {
    case EntropyMean::arithmetic:
      return (a + b) / 2;
    case EntropyMean::geometric:
      return std::sqrt(a * b);
    case EntropyMean::max:
      return std::max(a, b);
    case EntropyMean::min:
      return std::min(a, b);
  }
  return 0;
}

template <typename Map>
double pairs_within(const Map& counts) {
  double out = 0;
  for (const auto& [key, count] : counts) out += count * (count - 1) / 2;
  return out;
}

}  // namespace

double normalized_mutual_information(const UnitLabels& a, const UnitLabels& b, EntropyMean mean) {
  const Contingency counts = count(a, b);
  if (counts.a.size() <= 1 && counts.b.size() <= 1) return 1;
  double shared = 0;
  for (const auto& [labels, together] : counts.pairs) {
    const double by_chance = counts.a.at(labels.first) * counts.b.at(labels.second) / counts.units;
    shared += together / counts.units * std::log(together / by_chance);
  }
  const double scale =
      mean_of(entropy(counts.a, counts.units), entropy(counts.b, counts.units), mean);
  return scale > 0 ? std::clamp(shared / scale, 0.0, 1.0) : 0;
}

double adjusted_rand_index(const UnitLabels& a, const UnitLabels& b) {
  const Contingency counts = count(a, b);
  const double together = pairs_within(counts.pairs);
  const double in_a = pairs_within(counts.a), in_b = pairs_within(counts.b);
  const double all = counts.units * (counts.units - 1) / 2;
  if (all <= 0) return 1;
  const double by_chance = in_a * in_b / all, most = (in_a + in_b) / 2;
  return most == by_chance ? 1 : (together - by_chance) / (most - by_chance);
}

double label_entropy(const UnitLabels& labels) {
  Counts counts;
  double units = 0;
  for (const int64_t label : labels) {
    if (label < 0) continue;
    ++counts[label];
    ++units;
  }
  return entropy(counts, units);
}

}  // namespace v1
}  // namespace modhost
