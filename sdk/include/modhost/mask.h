// Differentiable weight masks: a logit l per weight, kept with probability sigmoid(l).
//
// Sampling is the Gumbel-sigmoid (binary concrete) with a straight-through gradient, as in Csordas,
// van Steenkiste, Schmidhuber 2021, "Are Neural Nets Modular? Inspecting Functional Modularity
// Through Differentiable Weight Masks", section 3:
//   s = sigmoid((l + logit(u)) / tau), u uniform;  bit = [s > 1/2];
//   d bit / d l := s (1 - s) / tau   (Estimator::gumbel).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "modhost/model.h"

namespace modhost {
inline namespace v1 {

// Where the uniforms come from: counter-based, so that backward draws the same again instead of
// storing them, and so that nothing depends on the number of threads.
struct MaskNoise {
  uint64_t key = 0;   // one per parameter and training
  uint64_t step = 0;  // a new one for every forward
  Tensor given;       // [S*K, *shape] uniforms in (0, 1) instead, for tests against other software
  // Of each set of logits, in place of `key`: each then draws what it draws alone.
  std::vector<uint64_t> set_keys{};
};

// What stands for d bit / d l, the derivative of a step.
enum class Estimator {
  gumbel,  // of the relaxed bit s at the drawn u, as the paper has it: biased, since s is not the
           // bit that the network saw, and noisy, since it depends on u
  mean,    // of the mean of the bit, sigmoid(l): (1 - sigmoid(l)) sigmoid(l) for every sample. One
           // weight gradient serves all samples. Its bias is that of linearising the loss between
           // the two values of the bit; it has no noise of its own beyond that of the bits
};

struct MaskSampling {
  int64_t samples = 1;  // K of each set
  double tau = 1;
  Estimator estimator = Estimator::gumbel;
  MaskNoise noise;
  // How far the training of each set is, 0 .. 1, for families that are annealed; empty: 0.
  std::vector<double> progress{};
};

// bit * weight for K samples of each of S sets of logits: [S*K, *shape], set by set.
//   weight [*shape], logits [S, *shape]. Differentiable in both; keeps nothing for backward but its
// inputs when the weight is frozen.
Tensor sample_masked(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling);

// The bits alone of the same draw, as 0 and 1 of the logits' type: [S*K, *shape].
Tensor sample_bits(const Tensor& logits, const MaskSampling& sampling);

class MaskFamily;  // mask_family.h

// What has a logit of its own.
enum class MaskUnit {
  weight,  // every entry of a parameter
  unit     // every unit (neuron, channel, hidden unit): all entries that feed it and its bias, as
           // the wiring of its layer says, are kept or removed together
};

// Which parameters of a model are masked, and how.
struct MaskChoice {
  // Globs over full parameter names (* any run, ? one character); {"*"} takes every maskable one.
  std::vector<std::string> select{"*"};
  std::vector<std::string> exclude{};
  double initial_logit = 2;
  int64_t sets = 1;  // S
  MaskUnit unit = MaskUnit::weight;
  std::shared_ptr<const MaskFamily> family{};  // nullptr: the Gumbel-sigmoid of above
};

// The masks of a model: S sets of logits over the selected parameters.
class Masks {
 public:
  // Error(config) for a pattern that matches nothing.
  Masks(const ModelBase& model, const MaskChoice& choice);

  // S; fewer when a training of several sets has put some aside (TrainTask::keep).
  int64_t sets() const { return logits_.front().second.size(0); }
  int64_t weights() const;  // masked weights of one set
  // The masked parameters, in the order of the state dict.
  const std::vector<std::string>& names() const { return names_; }
  // What is trained, leaf tensors: of weights [S, *shape] under the parameter's name; of units
  // [S, units] under "LAYER:GROUP".
  const NamedTensors& logits() const { return logits_; }
  // The name in logits() of what decides about this parameter.
  const std::string& logits_of(const std::string& parameter) const;

  // For training: E = S*K sampled variants of each masked parameter. The noise's key names the
  // training, its step the forward; the same pair gives the same bits.
  Variations sampled(const MaskSampling& sampling) const;
  // Variant `variant` of these alone, E = 1: for a forward of one part.
  Variations sampled(const MaskSampling& sampling, int64_t variant) const;

  // Of one set, a logit for every weight: [*shape] under the parameter's name.
  NamedTensors weight_logits(int64_t set = 0) const;

  // The mask of one set: 1 where the logit is above zero. uint8 tensors [*shape].
  NamedTensors bits(int64_t set = 0) const;

 private:
  // A parameter and what decides about it.
  struct Masked {
    std::string name;
    std::vector<int64_t> shape;
    size_t logits;  // position in logits_
    int64_t dim;    // the one that counts the units, index modulo their number; of weights: -1
  };
  Variations variations(const MaskSampling& sampling, int64_t first, int64_t count) const;
  void read_off(const std::vector<Parameter>& chosen);
  Tensor spread(const Masked& masked, const Tensor& values) const;
  Tensor gathered(const Masked& masked, const Tensor& values) const;

  std::shared_ptr<const MaskFamily> family_;
  std::vector<Masked> masked_;
  std::vector<std::string> names_;
  NamedTensors logits_;
};

// Fixed masks as E = masks.size() variants, for evaluation. Parameters that a mask does not name
// stay whole in that variant.
Variations hard_masks(const ModelBase& model, const std::vector<NamedTensors>& masks);

// 1 - mask in every tensor.
NamedTensors inverted(const NamedTensors& mask);

// Does `name` match the glob? * stands for any run of characters, ? for one.
bool glob_match(const std::string& pattern, const std::string& name);

}  // namespace v1
}  // namespace modhost
