// Does a mask change what the rest of a network would learn? Gradients with and without it.
#pragma once

#include <modhost/model.h>
#include <modhost/progress.h>

#include <cstdint>
#include <string>
#include <vector>

namespace modhost_diffmask {

// The gradient of the mean loss over the first `samples` of the source (0: all), in evaluation
// mode, for each parameter that `parameters` names, under `mask` (what it does not name stays
// whole). Weights that the mask removes have gradient 0. [*shape] each, in double.
modhost::NamedTensors loss_gradient(modhost::ModelBase& network, const modhost::Source& source,
                                    const modhost::NamedTensors& parameters,
                                    const modhost::NamedTensors& mask, int64_t samples,
                                    const modhost::StopSignal& stop);

// The cosine between the gradients of the whole network and of one that is masked in its last
// layers, over the weights that the whole mask keeps (Csordas et al. 2021, the code's task
// cifar10_grad_cos_distance).
struct GradientCosine {
  int64_t layers = 0;     // the last so many layers are masked
  std::string parameter;  // "total": all of them
  double cosine = 0;      // 0 when one of the two is 0
};
// For 0 .. all layers, each parameter of the mask and the total. Layers are parameters that share a
// name up to the last dot, in the order of the network.
std::vector<GradientCosine> gradient_cosines(modhost::ModelBase& network,
                                             const modhost::Source& source,
                                             const modhost::NamedTensors& mask, int64_t samples,
                                             const modhost::StopSignal& stop);

}  // namespace modhost_diffmask
