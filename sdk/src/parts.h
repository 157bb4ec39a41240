// How a batch divides over the variants of a weight.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/error.h"
#include "modhost/parameter.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// Rows of one of `parts` equal consecutive parts of the batch x.
inline int64_t part_rows(const Tensor& x, int64_t parts) {
  if (parts > 0 && x.size(0) % parts == 0) return x.size(0) / parts;
  throw Error(ErrorCode::shape, "a batch of " + std::to_string(x.size(0)) +
                                    " rows does not divide into " + std::to_string(parts) +
                                    " equal parts");
}

// [*shape], [E, *shape] or, for an absent bias, undefined.
inline Tensor tensor_or_undefined(const WeightView& view) {
  return view.defined() ? view.tensor() : Tensor();
}

inline bool all_plain(const WeightView& weight, const WeightView& bias) {
  return weight.plain() && bias.plain();
}

// Runs of rows of a parameter (dimension 0 of [*shape]) as views of their own. Variants are asked
// for once.
inline std::vector<WeightView> split_rows(const WeightView& view,
                                          const std::vector<int64_t>& counts) {
  std::vector<WeightView> out;
  if (!view.defined()) return std::vector<WeightView>(counts.size(), view);
  const std::vector<Tensor> plain = view.weight().split_with_sizes(counts, 0);
  const std::vector<Tensor> varied =
      view.plain() ? std::vector<Tensor>() : view.tensor().split_with_sizes(counts, 1);
  for (size_t i = 0; i < plain.size(); ++i) {
    out.emplace_back(plain[i], varied.empty() ? nullptr : given_variants(varied[i]));
  }
  return out;
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
