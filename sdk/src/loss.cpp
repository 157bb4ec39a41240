#include "modhost/loss.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

// Averages all places of a sample: [n, ...] -> [n].
Tensor mean_places(const Tensor& value) {
  return value.dim() == 1 ? value : value.flatten(1).mean(1);
}

}  // namespace

Tensor loss_per_sample(const Signature& signature, const Tensor& output, const Tensor& target) {
  if (signature.output == Output::values) {
    return 0.5 * mean_places((output - target).square());
  }
  const Tensor log_probability = torch::log_softmax(output, -1);
  const Tensor chosen = log_probability.gather(-1, target.unsqueeze(-1)).squeeze(-1);
  return -mean_places(chosen);
}

bool has_accuracy(const Signature& signature) { return signature.output != Output::values; }

Tensor correct(const Signature& signature, const Tensor& output, const Tensor& target) {
  check(has_accuracy(signature), ErrorCode::shape,
        "real values have no accuracy; compare losses instead");
  const Tensor right = output.argmax(-1) == target;  // [n, ...]
  const Tensor all = right.dim() == 1 ? right : right.flatten(1).all(1);
  return all.to(torch::kFloat);
}

}  // namespace v1
}  // namespace modhost
