// A family of masks: how a mask that can be learned becomes one of zeros and ones.
//
//   // Louizos, Welling, Kingma 2018, equations 10 to 12
//   class HardConcrete : public MaskFamily {
//    public:
//     using OptionsType = HardConcreteOptions;
//     explicit HardConcrete(const HardConcreteOptions& options);
//     Tensor factors(const Tensor& logits, const Tensor& uniforms, double) const override {
//       const Tensor s = torch::sigmoid((logits + torch::logit(uniforms)) / beta_);
//       return (s * (high_ - low_) + low_).clamp(0, 1);
//     }
//     Tensor kept(const Tensor& logits, double) const override;
//   };
//   MODHOST_PLUGIN(registry) { registry.mask<HardConcrete>("hard_concrete", "..."); }
//
// Whatever the family, a weight belongs to a mask when its logit is above zero: the larger, the
// more important.
#pragma once

#include <memory>

#include "modhost/mask.h"

namespace modhost {
inline namespace v1 {

class Registry;

class MaskFamily {
 public:
  virtual ~MaskFamily();

  // What K samples of S sets multiply the weights with in a training step, 0 .. 1: [S, K, *shape].
  // Differentiable in the logits.
  //   logits [S, 1, *shape]; uniforms [S, K, *shape] in (0, 1), undefined unless draws();
  //   progress: how far the training is, 0 .. 1, from epoch to epoch.
  virtual Tensor factors(const Tensor& logits, const Tensor& uniforms, double progress) const = 0;

  // The probability that a weight is kept, or what stands for it: of any shape, that of the logits.
  // Differentiable; times alpha its sum is the penalty, unless that is the sum of the logits.
  virtual Tensor kept(const Tensor& logits, double progress) const = 0;

  virtual bool penalises_logits() const { return false; }

  // False: the factors hold no chance, so the method takes one sample a step.
  virtual bool draws() const { return true; }

  // False: the mask is read off the network, whatever the task.
  virtual bool trained() const { return true; }
  // The logits of such a mask, of the same shape: from the sizes of the weights of a parameter
  // [*shape], or of its units [units], the norms of what feeds them. Error(internal) by default.
  virtual Tensor read_off(const Tensor& sizes) const;
};

// The family of mask.h, which stands where none is named.
std::shared_ptr<const MaskFamily> gumbel_masks();

// Adds the families that come with the SDK: gumbel, hard_concrete, continuous_sparsification,
// magnitude.
void register_builtin_masks(Registry& registry);

}  // namespace v1
}  // namespace modhost
