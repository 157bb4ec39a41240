// How well a network does under fixed masks.
#pragma once

#include <modhost/evaluate.h>
#include <modhost/experiment.h>

#include <string>
#include <vector>

#include "diffmask_options.h"

namespace modhost_diffmask {

// The layer that a parameter belongs to: "layers.0" of "layers.0.weight".
std::string layer_of(const std::string& parameter);

// Does one of the globs match?
bool matches(const std::vector<std::string>& globs, const std::string& name);

// Error(config) for a glob of the option that matches none of the names, with the nearest.
void check_patterns(const std::string& option, const std::vector<std::string>& patterns,
                    const std::vector<std::string>& names);

// The weights of a network that was initialised anew, of the parameters of `like`.
modhost::NamedTensors initial_weights(modhost::ModelBase& network, uint64_t seed,
                                      const modhost::NamedTensors& like);

// 1 where the logit is above zero: uint8.
modhost::NamedTensors bits_of(const modhost::NamedTensors& logits);

class MaskEvaluation {
 public:
  // All outlive it. The network is trained and frozen.
  MaskEvaluation(modhost::Experiment& experiment, modhost::ModelBase& network,
                 const DiffmaskOptions& options)
      : experiment_(experiment), network_(network), options_(options) {}

  // Accuracies on `source` under each of the masks, from one forward a batch. What a mask does not
  // name stays whole, so the empty mask is the network itself.
  std::vector<double> accuracies(const std::vector<modhost::NamedTensors>& masks,
                                 const modhost::Source& source) const;
  // The same where a removed weight becomes that of `fill` instead of 0.
  std::vector<double> accuracies(const std::vector<modhost::NamedTensors>& masks,
                                 const modhost::Source& source,
                                 const modhost::NamedTensors& fill) const;
  // Samples by true class (row) and predicted one, [classes, classes]; of a network of classes.
  modhost::Tensor confusion(const modhost::NamedTensors& mask, const modhost::Source& source) const;
  // Of each mask: samples by group (row) and by the alternatives under which the answer is right.
  std::vector<modhost::Tensor> answers(const std::vector<modhost::NamedTensors>& masks,
                                       const modhost::Source& source) const;
  double accuracy(const modhost::NamedTensors& mask, const modhost::Source& source) const {
    return accuracies({mask}, source).front();
  }

  // How everything here is evaluated.
  modhost::EvaluateOptions how() const;

 private:
  std::vector<double> under(const modhost::Variations& variations, size_t masks,
                            const modhost::Source& source) const;

  modhost::Experiment& experiment_;
  modhost::ModelBase& network_;
  const DiffmaskOptions& options_;
};

}  // namespace modhost_diffmask
