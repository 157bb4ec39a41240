#include "modhost/training_step.h"

#include "modhost/loss.h"

namespace modhost {
inline namespace v1 {
namespace {

StepResult judged(const Signature& signature, const Tensor& output, const Batch& batch) {
  StepResult result{loss_per_sample(signature, output, batch).mean(), {}};
  if (has_accuracy(signature)) {
    const torch::NoGradGuard no_grad;
    result.numbers.emplace_back("accuracy",
                                correct(signature, output, batch).mean().item<double>());
  }
  return result;
}

}  // namespace

StepResult network_step(ModelBase& network, const Batch& batch, const Noise& noise) {
  network.set_training(true);
  network.set_noise(noise);
  return judged(network.signature(), network.forward(batch), batch);
}

StepResult mask_step(ModelBase& network, const Masks& masks, const MaskSampling& sampling,
                     const Batch& batch) {
  network.set_training(false);
  network.set_noise({{sampling.noise.key}, sampling.noise.step});
  const EnsembleScope scope(network, masks.sets() * sampling.samples, masks.sampled(sampling));
  return judged(network.signature(), network.forward(batch), batch);
}

}  // namespace v1
}  // namespace modhost
