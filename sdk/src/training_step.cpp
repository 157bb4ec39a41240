#include "modhost/training_step.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <utility>

#include "held.h"
#include "modhost/loss.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace {

// The mean over each of `parts` equal consecutive parts: [n] -> [parts].
Tensor part_means(const Tensor& values, int64_t parts) { return values.view({parts, -1}).mean(1); }

// One loss for each of `parts` networks or sets of masks, [parts].
StepResult judged(const Signature& signature, const Tensor& output, const Batch& batch,
                  int64_t parts) {
  StepResult result{part_means(loss_per_sample(signature, output, batch), parts), {}};
  if (has_accuracy(signature)) {
    const torch::NoGradGuard no_grad;
    result.numbers.emplace_back("accuracy", part_means(correct(signature, output, batch), parts));
  }
  return result;
}

// The same of one, as scalars.
StepResult judged(const Signature& signature, const Tensor& output, const Batch& batch) {
  StepResult result = judged(signature, output, batch, 1);
  result.loss = result.loss.squeeze(0);
  for (auto& [name, number] : result.numbers) number = number.squeeze(0);
  return result;
}

// Random decisions of a forward under masks: each set its own.
Noise decisions(const MaskNoise& noise) {
  if (noise.set_keys.empty()) return {{noise.key}, noise.step};
  return {noise.set_keys, noise.step};
}

// The same of a forward of one set alone.
Noise decisions(const MaskNoise& noise, int64_t set) {
  return {{noise.set_keys.empty() ? noise.key : noise.set_keys[static_cast<size_t>(set)]},
          noise.step};
}

StepResult stacked(const std::vector<StepResult>& of_sets) {
  std::vector<Tensor> losses;
  for (const StepResult& one : of_sets) losses.push_back(one.loss);
  StepResult out{torch::stack(losses), {}};
  for (size_t i = 0; i < of_sets.front().numbers.size(); ++i) {
    std::vector<Tensor> numbers;
    for (const StepResult& one : of_sets) numbers.push_back(one.numbers[i].second);
    out.numbers.emplace_back(of_sets.front().numbers[i].first, torch::stack(numbers));
  }
  return out;
}

// A number, or one of each set of logits [S], and its gradient with respect to the logits.
struct Known {
  Tensor value;
  std::vector<Tensor> gradients;  // [S, *shape]
};

// A factor of each set [S], or one for all, as one of [S, *shape].
Tensor of_sets(const Tensor& factor, const Tensor& logits) {
  if (factor.dim() == 0) return factor;
  std::vector<int64_t> shape(static_cast<size_t>(logits.dim()), 1);
  shape[0] = factor.size(0);
  return factor.view(shape);
}

// The number as a function of the logits, for whoever calls backward on it.
class KnownGradient : public torch::autograd::Function<KnownGradient> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, at::TensorList,
                        const Known& known) {
    detail::hold(context, "known", known);
    return known.value.clone();
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list given) {
    torch::autograd::variable_list out;
    for (const Tensor& gradient : detail::held<Known>(context, "known").gradients) {
      out.push_back(gradient * of_sets(given[0], gradient));
    }
    out.emplace_back();  // of `known` itself
    return out;
  }
};

Tensor rows_of(const Tensor& tensor, int64_t first, int64_t count) {
  return tensor.defined() ? tensor.narrow(0, first, count) : tensor;
}

Batch rows_of(const Batch& batch, int64_t first, int64_t count) {
  return {rows_of(batch.input, first, count), rows_of(batch.target, first, count),
          rows_of(batch.input_length, first, count), rows_of(batch.target_length, first, count),
          batch.steps};
}

// Adds one of `count` equal shares of a mean.
void add_share(StepResult& mean, const StepResult& one, int64_t count) {
  const torch::NoGradGuard no_grad;
  const double share = 1 / static_cast<double>(count);
  const auto sum = [&](const Tensor& so_far, const Tensor& value) {
    return so_far.defined() ? so_far + share * value.detach() : share * value.detach();
  };
  mean.loss = sum(mean.loss, one.loss);
  mean.numbers.resize(one.numbers.size());
  for (size_t i = 0; i < one.numbers.size(); ++i) {
    mean.numbers[i] = {one.numbers[i].first, sum(mean.numbers[i].second, one.numbers[i].second)};
  }
}

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
  return judged(network.signature(), network.forward(batch), batch, parts);
}

StepResult mask_step(ModelBase& network, const Masks& masks, const MaskSampling& sampling,
                     const Batch& batch) {
  network.set_training(false);
  network.set_noise(decisions(sampling.noise));
  const EnsembleScope scope(network, masks.sets() * sampling.samples, masks.sampled(sampling));
  const Tensor output = network.forward(batch);
  if (masks.sets() == 1) return judged(network.signature(), output, batch);
  return judged(network.signature(), output, batch, masks.sets());
}

StepResult mask_step_by_passes(ModelBase& network, const Masks& masks, const MaskSampling& sampling,
                               const Batch& batch) {
  const int64_t sets = masks.sets(), samples = sampling.samples;
  const int64_t rows = ops::part_rows(batch.input, sets * samples);
  std::vector<Tensor> logits;
  Known known;
  for (const auto& [name, tensor] : masks.logits()) {
    logits.push_back(tensor);
    known.gradients.push_back(torch::zeros_like(tensor));
  }
  network.set_training(false);
  std::vector<StepResult> means(static_cast<size_t>(sets));
  for (int64_t pass = 0; pass < sets * samples; ++pass) {
    const int64_t set = pass / samples;
    network.set_noise(decisions(sampling.noise, set));
    const Batch own = rows_of(batch, pass * rows, rows);
    const EnsembleScope scope(network, 1, masks.sampled(sampling, pass));
    const StepResult one = judged(network.signature(), network.forward(own), own);
    const auto found = torch::autograd::grad({one.loss}, logits, {}, false, false, true);
    for (size_t i = 0; i < found.size(); ++i) {
      if (found[i].defined()) known.gradients[i].add_(found[i], 1 / static_cast<double>(samples));
    }
    add_share(means[static_cast<size_t>(set)], one, samples);
  }
  StepResult out = sets == 1 ? means.front() : stacked(means);
  known.value = out.loss;
  out.loss = KnownGradient::apply(at::TensorList(logits), known);
  return out;
}

}  // namespace v1
}  // namespace modhost
