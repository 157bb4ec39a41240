#include "modhost/loss.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

// Averages all places of a sample: [n, ...] -> [n].
Tensor mean_places(const Tensor& value) {
  return value.dim() == 1 ? value : value.flatten(1).mean(1);
}

// [n, length] bool: the places of each target that count; undefined when all do.
Tensor counted(const Signature& signature, const Batch& batch) {
  if (signature.output != Output::tokens || !batch.target_length.defined()) return Tensor();
  const Tensor place = torch::arange(batch.target.size(1), batch.target_length.options());
  return place < batch.target_length.unsqueeze(1);
}

}  // namespace

Tensor loss_per_sample(const Signature& signature, const Tensor& output, const Batch& batch) {
  const Tensor& target = batch.target;
  if (signature.output == Output::values) {
    return 0.5 * mean_places((output - target).square());
  }
  const Tensor log_probability = torch::log_softmax(output, -1);
  const Tensor chosen = log_probability.gather(-1, target.unsqueeze(-1)).squeeze(-1);
  if (signature.output != Output::tokens) return -mean_places(chosen);
  const Tensor valid = counted(signature, batch);
  return -(valid.defined() ? chosen.masked_fill(~valid, 0) : chosen).sum(1);
}

bool has_accuracy(const Signature& signature) { return signature.output != Output::values; }

Tensor correct(const Signature& signature, const Tensor& output, const Batch& batch) {
  check(has_accuracy(signature), ErrorCode::shape,
        "real values have no accuracy; compare losses instead");
  Tensor right = output.argmax(-1) == batch.target;  // [n, ...]
  const Tensor valid = counted(signature, batch);
  if (valid.defined()) right = right.logical_or(~valid);
  const Tensor all = right.dim() == 1 ? right : right.flatten(1).all(1);
  return all.to(torch::kFloat);
}

}  // namespace v1
}  // namespace modhost
