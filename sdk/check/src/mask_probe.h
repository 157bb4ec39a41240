// A mask family alone, and what it is asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "modhost/conformance/check.h"
#include "modhost/mask_family.h"

namespace modhost::conformance {

inline constexpr double kProgress[] = {0, 0.5, 1};

// The family with the options of the case. Error(plugin) when none is made.
std::shared_ptr<const MaskFamily> family_of(const Context& context, const CheckFile::Case& written);

// How many masks of what.
struct MaskForm {
  int64_t sets = 1, samples = 1;
  std::vector<int64_t> shape;  // of a parameter, or [units]
  torch::ScalarType type = torch::kDouble;

  std::vector<int64_t> of(int64_t samples_of_it) const;  // [sets, samples_of_it, *shape]
  std::string text() const;                              // "S 3, K 4, [5, 4], float"
};

// One and several sets and samples (one where nothing is drawn) of weights, a bias or units, and
// convolutions, in both types.
std::vector<MaskForm> mask_forms(const MaskFamily& family);

// What factors() is given.
struct MaskInput {
  Tensor logits;    // [S, 1, *shape]
  Tensor uniforms;  // [S, K, *shape]; undefined unless the family draws
};
MaskInput mask_input(const MaskFamily& family, const MaskForm& form, uint64_t seed);
// The same with every logit of `value`.
MaskInput mask_input(const MaskFamily& family, const MaskForm& form, double value, uint64_t seed);

// "" when `values` has this shape and type, is finite and lies in 0 .. 1 up to `slack`.
std::string share_fault(const Tensor& values, const std::vector<int64_t>& shape,
                        torch::ScalarType type, double slack);

// Of the sum of all values times random numbers, to `leaf`; undefined where it does not reach it.
Tensor gradient_to(const Tensor& leaf, const Tensor& values, uint64_t seed);

}  // namespace modhost::conformance
