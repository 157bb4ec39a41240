// The variations of sampled masks: all samples, for operations that have a kernel for it, or one.
#pragma once

#include <utility>

#include "modhost/mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class SampledMask : public Variation {
 public:
  SampledMask(Tensor logits, MaskSampling sampling)
      : logits_(std::move(logits)), sampling_(std::move(sampling)) {}
  int64_t size() const override { return logits_.size(0) * sampling_.samples; }
  Tensor apply(const Tensor& weight) const override {
    return sample_masked(weight, logits_, sampling_);
  }
  const Tensor& logits() const { return logits_; }  // [S, *shape]
  const MaskSampling& sampling() const { return sampling_; }

 private:
  Tensor logits_;
  MaskSampling sampling_;
};

// The uniforms of some variants, in (0, 1): [count, then the shape of the logits of one set].
Tensor mask_uniforms(const Tensor& logits, const MaskSampling& sampling, int64_t first,
                     int64_t count);

// sample_masked() of some variants alone, `count` from `first` on, with the bits that they have
// among all S*K: [count, *shape].
Tensor sample_variants(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling,
                       int64_t first, int64_t count);

// Variant `variant` of a SampledMask alone.
class OneSample : public Variation {
 public:
  OneSample(Tensor logits, MaskSampling sampling, int64_t variant)
      : logits_(std::move(logits)), sampling_(std::move(sampling)), variant_(variant) {}
  int64_t size() const override { return 1; }
  Tensor apply(const Tensor& weight) const override {
    return sample_variants(weight, logits_, sampling_, variant_, 1);
  }

 private:
  Tensor logits_;  // [S, *shape]
  MaskSampling sampling_;
  int64_t variant_;
};

// nullptr for any other variation.
inline const SampledMask* as_sampled_mask(const WeightView& view) {
  return dynamic_cast<const SampledMask*>(view.variation().get());
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
