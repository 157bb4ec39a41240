// Comparing tensors, and random tensors that depend on nothing but a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/conformance/check.h"
#include "modhost/tensor.h"

namespace modhost::conformance {

// max|a - b| / (1 + max|b|); infinite when shapes differ or something is not a number.
double difference(const Tensor& a, const Tensor& b);
// Sum of (a - b)^2 over the sum of b^2, in double.
double squared_difference(const Tensor& a, const Tensor& b);
// The same type, shape and bytes.
bool same_bits(const Tensor& a, const Tensor& b);
bool same_bits(const NamedTensors& a, const NamedTensors& b);
// "" when equal; else the first name, type, shape or value that differs.
std::string first_difference(const NamedTensors& a, const NamedTensors& b);

NamedTensors copies(const NamedTensors& tensors);

// Standard normal, and uniform on [low, high).
Tensor normal(torch::IntArrayRef shape, uint64_t seed, torch::ScalarType type = torch::kDouble);
Tensor uniform(torch::IntArrayRef shape, double low, double high, uint64_t seed,
               torch::ScalarType type = torch::kDouble);
// 0 and 1, each 1 with probability `kept`.
Tensor random_bits(torch::IntArrayRef shape, double kept, uint64_t seed);

// "3.1e-17"
std::string number_text(double value);

// The largest of several errors, with the place where it was seen.
class Worst {
 public:
  void see(double error, const std::string& where);
  double error() const { return error_; }
  // Pass or fail by `limit`; `what` says what was compared: "K 1, 2, 7".
  Outcome outcome(double limit, const std::string& what) const;

 private:
  double error_ = 0;
  std::string where_;
};

}  // namespace modhost::conformance
