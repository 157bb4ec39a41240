// From the weights in a file to those of a model.
#pragma once

#include <string>
#include <vector>

#include "modhost/model.h"
#include "modhost/tensor.h"
#include "modhost/weights_file.h"
#include "modhost/weights_options.h"

namespace modhost {
inline namespace v1 {

// Rules of the form s/REGEX/NEW/, with any character in place of '/'. REGEX is one of ECMAScript;
// in NEW, & stands for what was found and \1 for its first group; a final g changes every match of
// a name instead of the first.
//
// Error(config) for a rule that is none, that changes no name, or that makes two names equal.
NamedTensors renamed(const NamedTensors& tensors, const std::vector<std::string>& rules);

// Bare arrays W0, W1, ... ([out, in] or [out, in, kernel...]), with b0 (bias), mask0 (zeros and
// ones), bn_w0 and bn_v0 (scale and running variance of a batch normalisation) where there are any,
// as the state dict of layers one after another: layers.0.weight (the product with its mask),
// layers.0.bias, norms.0.weight, norms.0.running_var and what else belongs to norms.0. Arrays of
// other names are left out; where there is no W0 everything stays as it is. Error(data) for an
// array of no layer, or of another shape than its layer's.
NamedTensors from_bare_arrays(const NamedTensors& tensors);

// The file that the options name, with `rename`, from_bare_arrays() and `mask` applied. Pairs
// NAME_orig and NAME_mask of torch.nn.utils.prune become NAME, their product.
WeightsFile read_weights(const WeightsOptions& options);

// weight * mask, where a mask has the weight's name. Masks are zeros and ones; of other numbers
// (logits) those above zero count as one. Error(data) for a mask of no weight, or another shape.
NamedTensors masked(const NamedTensors& weights, const NamedTensors& masks);

// For each masked weight NAME the pair NAME_orig and NAME_mask, as torch.nn.utils.prune calls them.
NamedTensors as_pruned(const NamedTensors& weights, const NamedTensors& masks);

// Error(data) unless names and shapes are exactly those of `own`: lists what is missing, unexpected
// and of another shape, and proposes a --model.rename where one change of all names would do. A
// second name for the memory of a tensor that fits (tied weights) is not unexpected.
// `what` is what the message calls the weights.
void check_fit(const NamedTensors& own, const NamedTensors& given, const std::string& what);

// Copies the weights into the model. Error(data) as of check_fit().
void load_weights(ModelBase& model, const WeightsFile& file, const std::string& path);

}  // namespace v1
}  // namespace modhost
