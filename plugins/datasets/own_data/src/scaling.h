// Numbers brought to a common range by what the training samples show.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_own_data {

// A value v becomes (v - zero) / unit, for each feature or channel.
struct Scaling {
  std::vector<float> zero;  // [features]
  std::vector<float> unit;  // [features], never 0
};

enum class Normalize { none, standard, unit };
Normalize normalize_named(const std::string& name);  // one of kNormalizeNames
inline const std::vector<std::string> kNormalizeNames = {"none", "standard", "unit"};

// Takes in training values one after the other, in double precision (Welford 1962, "Note on a
// method for calculating corrected sums of squares and products").
class ScalingCounter {
 public:
  explicit ScalingCounter(int64_t features);

  void add(size_t feature, double value);
  double mean(size_t feature) const { return seen_[feature].mean; }
  // standard: to mean 0 and deviation 1; unit: to 0 .. 1; a feature that never changes is only
  // moved to 0.
  Scaling scaling(Normalize kind) const;

 private:
  struct Seen {
    int64_t count = 0;
    double mean = 0, squares = 0, low = 0, high = 0;
  };
  std::vector<Seen> seen_;
};

}  // namespace modhost_own_data
