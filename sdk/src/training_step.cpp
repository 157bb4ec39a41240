#include "modhost/training_step.h"

#include "modhost/loss.h"

namespace modhost {
inline namespace v1 {
namespace {

StepResult judged(const Signature& signature, const Tensor& output, const Batch& batch) {
  StepResult result{loss_per_sample(signature, output, batch).mean(), {}};
  if (has_accuracy(signature)) {
    const torch::NoGradGuard no_grad;
    result.numbers.emplace_back("accuracy", correct(signature, output, batch).mean());
  }
  return result;
}

// The mean over each of `parts` equal consecutive parts: [n] -> [parts].
Tensor part_means(const Tensor& values, int64_t parts) { return values.view({parts, -1}).mean(1); }

}  // namespace

StepResult network_step(ModelBase& network, const Batch& batch, const Noise& noise) {
  network.set_training(true);
  network.set_noise(noise);
  return judged(network.signature(), network.forward(batch), batch);
}

StepResult networks_step(ModelBase& network, const Variations& variants, const Batch& batch,
                         const Noise& noise) {
  const auto parts = static_cast<int64_t>(noise.seeds.size());
  network.set_training(true);
  network.set_noise(noise);
  const EnsembleScope scope(network, parts, variants);
  const Signature& signature = network.signature();
  const Tensor output = network.forward(batch);
  StepResult result{part_means(loss_per_sample(signature, output, batch), parts), {}};
  if (has_accuracy(signature)) {
    const torch::NoGradGuard no_grad;
    result.numbers.emplace_back("accuracy", part_means(correct(signature, output, batch), parts));
  }
  return result;
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
