#include "mask_variations.h"

#include "mask_families.h"
#include "modhost/error.h"
#include "sampled_mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

// Through the family's own formula, with autograd.
class FamilyVariation : public Variation {
 public:
  FamilyVariation(std::shared_ptr<const MaskFamily> family, Tensor logits, MaskSampling sampling,
                  int64_t first, int64_t count)
      : family_(std::move(family)),
        logits_(std::move(logits)),
        sampling_(std::move(sampling)),
        first_(first),
        count_(count) {}

  int64_t size() const override { return count_; }

  Tensor apply(const Tensor& weight) const override {
    const int64_t samples = sampling_.samples, sets = logits_.size(0);
    if (count_ < sets * samples) {
      check(count_ == 1, ErrorCode::internal, "variants of a mask: all, or one");
      return of_sets(weight, first_ / samples, 1, first_, 1);
    }
    if (sampling_.progress.size() < 2) return of_sets(weight, 0, sets, 0, samples);
    std::vector<Tensor> out;  // each set is elsewhere in its training
    for (int64_t set = 0; set < sets; ++set) {
      out.push_back(of_sets(weight, set, 1, set * samples, samples));
    }
    return torch::cat(out);
  }

 private:
  // Of some sets `samples` variants each, those from `first` on: [sets*samples, *shape].
  Tensor of_sets(const Tensor& weight, int64_t set, int64_t sets, int64_t first,
                 int64_t samples) const {
    Tensor uniforms;
    if (family_->draws()) {
      std::vector<int64_t> shape{sets, samples};
      shape.insert(shape.end(), weight.sizes().begin(), weight.sizes().end());
      uniforms = mask_uniforms(logits_, sampling_, first, sets * samples).view(shape);
    }
    const auto& progress = sampling_.progress;
    const Tensor factors = family_->factors(
        logits_.narrow(0, set, sets).unsqueeze(1), uniforms,
        progress.empty() ? 0 : progress[progress.size() == 1 ? 0 : static_cast<size_t>(set)]);
    check_shape(factors, weight, sets, samples);
    return weight.unsqueeze(0) * variants_of(factors, weight, sets, samples);
  }

  // A family that draws nothing may answer with one sample of each set.
  void check_shape(const Tensor& factors, const Tensor& weight, int64_t sets,
                   int64_t samples) const {
    check(factors.dim() == weight.dim() + 2 && factors.size(0) == sets &&
              (factors.size(1) == samples || (factors.size(1) == 1 && !family_->draws())) &&
              factors.sizes().slice(2) == weight.sizes(),
          ErrorCode::plugin,
          "a mask family gives factors of shape " + shape_text(factors) + "; expected [" +
              std::to_string(sets) + ", " + std::to_string(samples) + ", then " +
              shape_text(weight) + "]");
  }

  static Tensor variants_of(const Tensor& factors, const Tensor& weight, int64_t sets,
                            int64_t samples) {
    std::vector<int64_t> shape{sets, samples};
    shape.insert(shape.end(), weight.sizes().begin(), weight.sizes().end());
    return factors.expand(shape).flatten(0, 1);
  }

  std::shared_ptr<const MaskFamily> family_;
  Tensor logits_;  // [S, *shape]
  MaskSampling sampling_;
  int64_t first_, count_;
};

}  // namespace

std::shared_ptr<const Variation> variation_of(std::shared_ptr<const MaskFamily> family,
                                              const Tensor& logits, const MaskSampling& sampling,
                                              int64_t first, int64_t count) {
  if (!has_kernels(*family)) {
    return std::make_shared<FamilyVariation>(std::move(family), logits, sampling, first, count);
  }
  if (count == logits.size(0) * sampling.samples) {
    return std::make_shared<SampledMask>(logits, sampling);
  }
  return std::make_shared<OneSample>(logits, sampling, first);
}

Tensor over_units(const Tensor& values, const std::vector<int64_t>& shape, int64_t dim) {
  const int64_t units = values.size(1), entries = shape[static_cast<size_t>(dim)];
  check(entries % units == 0, ErrorCode::internal,
        std::to_string(entries) + " entries along a dimension for " + std::to_string(units) +
            " units");
  std::vector<int64_t> aligned(shape.size() + 1, 1), full{values.size(0)};
  aligned[0] = values.size(0);
  aligned[static_cast<size_t>(dim) + 1] = entries;
  full.insert(full.end(), shape.begin(), shape.end());
  return values.repeat({1, entries / units}).view(aligned).expand(full);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
