// The variations that the masks of a model are made of, whatever their family.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "modhost/mask_family.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// `count` of the S*K variants that the family draws from the logits, from `first` on.
std::shared_ptr<const Variation> variation_of(std::shared_ptr<const MaskFamily> family,
                                              const Tensor& logits, const MaskSampling& sampling,
                                              int64_t first, int64_t count);

// A value for each unit, [n, units], as one for each weight, [n, *shape], whose dimension `dim`
// counts the units, index modulo their number.
Tensor over_units(const Tensor& values, const std::vector<int64_t>& shape, int64_t dim);

// The variants of units over a parameter that feeds them.
class UnitVariation : public Variation {
 public:
  // `of_units`: the variation over the units [units] that the logits [S, units] decide about.
  UnitVariation(std::shared_ptr<const Variation> of_units, const Tensor& logits, int64_t dim)
      : of_units_(std::move(of_units)), ones_(torch::ones_like(logits.detach()[0])), dim_(dim) {}
  int64_t size() const override { return of_units_->size(); }
  Tensor apply(const Tensor& weight) const override {
    return weight.unsqueeze(0) * over_units(of_units_->apply(ones_), weight.sizes().vec(), dim_);
  }

 private:
  std::shared_ptr<const Variation> of_units_;
  Tensor ones_;
  int64_t dim_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
