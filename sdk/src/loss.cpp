#include "modhost/loss.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kIgnored = -1;

// Averages all places of a sample: [n, ...] -> [n].
Tensor mean_places(const Tensor& value) {
  return value.dim() == 1 ? value : value.flatten(1).mean(1);
}

// [n, ...] bool: the places of each target that count; undefined when all do.
Tensor counted(const Signature& signature, const Batch& batch) {
  if (signature.output != Output::tokens) return batch.target != kIgnored;
  if (!batch.target_length.defined()) return Tensor();
  const Tensor place = torch::arange(batch.target.size(1), batch.target_length.options());
  return place < batch.target_length.unsqueeze(1);
}

// Cross entropy of each place, 0 where it does not count: [n, ...].
Tensor cross_entropy(const Tensor& output, const Tensor& target) {
  const Tensor log_probability = torch::log_softmax(output, -1).flatten(0, -2);
  return torch::nll_loss(log_probability, target.flatten(), {}, torch::Reduction::None, kIgnored)
      .view(target.sizes());
}

}  // namespace

Tensor loss_per_sample(const Signature& signature, const Tensor& output, const Batch& batch) {
  const Tensor& target = batch.target;
  if (signature.output == Output::values) {
    return 0.5 * mean_places((output - target).square());
  }
  if (signature.output == Output::bits) {
    // -log p of the right one, with log(1 + exp) that does not overflow.
    return mean_places(torch::softplus(torch::where(target > 0.5, -output, output)));
  }
  const Tensor loss = cross_entropy(output, target);
  if (loss.dim() == 1) return loss;
  const Tensor valid = counted(signature, batch);
  if (signature.output != Output::tokens) {
    return loss.flatten(1).sum(1) / valid.flatten(1).sum(1).clamp_min(1);
  }
  return (valid.defined() ? loss.masked_fill(~valid, 0) : loss).sum(1);
}

bool has_accuracy(const Signature& signature) { return signature.output != Output::values; }

Tensor correct(const Signature& signature, const Tensor& output, const Batch& batch) {
  check(has_accuracy(signature), ErrorCode::shape,
        "real values have no accuracy; compare losses instead");
  if (signature.output == Output::bits) {
    return mean_places(((output > 0) == (batch.target > 0.5)).to(torch::kFloat));
  }
  Tensor right = output.argmax(-1) == batch.target;  // [n, ...]
  const Tensor valid = counted(signature, batch);
  if (valid.defined()) right = right.logical_or(~valid);
  const Tensor all = right.dim() == 1 ? right : right.flatten(1).all(1);
  return all.to(torch::kFloat);
}

}  // namespace v1
}  // namespace modhost
