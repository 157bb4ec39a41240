// What a step of a training computes: of a network itself, of several networks together, and of
// masks over a trained network.
#pragma once

#include "modhost/mask.h"
#include "modhost/model.h"
#include "modhost/train.h"

namespace modhost {
inline namespace v1 {

// The ordinary step: a forward in training mode. The loss is the mean over the batch; the numbers
// hold the accuracy where the output has one. Dropout depends on `noise` alone.
StepResult network_step(ModelBase& network, const Batch& batch, const Noise& noise);

// The same for E networks of one architecture, E variants of all parameters: part e of the batch is
// network e's, and so is noise.seeds[e]. Losses and numbers [E].
StepResult networks_step(ModelBase& network, const Variations& variants, const Batch& batch,
                         const Noise& noise);

// The step of masks: a forward in evaluation mode, part k of the batch under mask sample k (Csordas
// et al. 2021, section 3). The same loss and numbers as of a network, for S > 1 sets of masks as of
// S networks: [S], of its own part of the batch each. The penalty on the logits belongs to the plan
// (TrainPlan::linear_penalty). Error(shape) unless the batch divides into
// masks.sets() * sampling.samples parts.
StepResult mask_step(ModelBase& network, const Masks& masks, const MaskSampling& sampling,
                     const Batch& batch);

// The same by one pass for each mask sample, forward and backward, as the papers' code does it:
// less memory, for one sample's weights and activations at a time, and more time. The samples are
// the same, so the loss and its gradient differ by rounding alone. The gradient of the logits is
// computed here: it costs what a backward costs even if nobody asks for it. The network must be
// frozen.
StepResult mask_step_by_passes(ModelBase& network, const Masks& masks, const MaskSampling& sampling,
                               const Batch& batch);

}  // namespace v1
}  // namespace modhost
