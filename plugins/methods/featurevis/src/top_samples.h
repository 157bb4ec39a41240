// The samples of a data set that drive some units most.
#pragma once

#include <modhost/sub_clusters.h>
#include <modhost/tensor.h>

#include <optional>
#include <vector>

namespace modhost_featurevis {

struct TopSamples {
  std::vector<int64_t> samples;   // most first
  std::vector<int64_t> classes;   // of the samples; empty where they have none
  std::optional<double> entropy;  // of the classes, in nats
};

// The rows of values [samples, units], double, with the largest sum of |value| over the units;
// of equal ones the first. classes: of all samples, int64, or undefined. All where there are fewer
// than `count`.
TopSamples top_samples(const modhost::Tensor& values, const modhost::UnitSet& units, int64_t count,
                       const modhost::Tensor& classes);

}  // namespace modhost_featurevis
