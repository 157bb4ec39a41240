#include "top_samples.h"

#include <modhost/clustering.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

TopSamples top_samples(const Tensor& values, const UnitSet& units, int64_t count,
                       const Tensor& classes) {
  const auto number = static_cast<size_t>(values.size(0));
  std::vector<double> sums(number, 0);
  const auto at = values.accessor<double, 2>();
  for (size_t sample = 0; sample < number; ++sample) {
    for (const int64_t unit : units) {
      sums[sample] += std::abs(at[static_cast<int64_t>(sample)][unit]);
    }
  }
  std::vector<int64_t> order(number);
  std::iota(order.begin(), order.end(), 0);
  const size_t kept = std::min(number, static_cast<size_t>(count));
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&](int64_t a, int64_t b) {
                      const double of_a = sums[static_cast<size_t>(a)];
                      const double of_b = sums[static_cast<size_t>(b)];
                      return of_a != of_b ? of_a > of_b : a < b;
                    });
  TopSamples out;
  out.samples.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept));
  if (!classes.defined()) return out;
  for (const int64_t sample : out.samples) out.classes.push_back(classes[sample].item<int64_t>());
  out.entropy = label_entropy(out.classes);
  return out;
}

}  // namespace modhost_featurevis
