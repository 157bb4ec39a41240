#include "mask_metrics.h"

#include <modhost/error.h>

#include <algorithm>

namespace modhost_diffmask {
namespace {

double count(const Tensor& bits) { return bits.sum(torch::kDouble).item<double>(); }

const Tensor& same_parameter(const NamedTensors& mask, const std::string& name) {
  const Tensor* found = modhost::find(mask, name);
  modhost::check(found != nullptr, modhost::ErrorCode::internal,
                 "the masks do not cover the same parameters: '" + name + "' is missing");
  return *found;
}

}  // namespace

int64_t ones(const NamedTensors& mask) {
  double total = 0;
  for (const auto& [name, bits] : mask) total += count(bits);
  return static_cast<int64_t>(total);
}

int64_t size(const NamedTensors& mask) {
  int64_t total = 0;
  for (const auto& [name, bits] : mask) total += bits.numel();
  return total;
}

double sparsity(const NamedTensors& mask) {
  return 1 - static_cast<double>(ones(mask)) / static_cast<double>(size(mask));
}

double expected_sparsity(const NamedTensors& logits) {
  double kept = 0;
  for (const auto& [name, logit] : logits) {
    kept += torch::sigmoid(logit.detach().to(torch::kDouble)).sum().item<double>();
  }
  return 1 - kept / static_cast<double>(size(logits));
}

double dispersity(const Tensor& bits) {
  const Tensor at = torch::nonzero(bits).to(torch::kDouble);  // [n, dims]
  if (at.size(0) == 0) return 0;
  const Tensor mean = at.mean(0);
  const double spread = (at - mean).square().sum().item<double>();
  const double reach = mean.square().sum().item<double>();
  return spread / static_cast<double>(at.size(0)) / (reach + 1e-12);
}

double dispersity(const NamedTensors& mask) {
  double sum = 0;
  for (const auto& [name, bits] : mask) sum += dispersity(bits);
  return sum / static_cast<double>(mask.size());
}

NamedTensors intersection(const NamedTensors& a, const NamedTensors& b) {
  NamedTensors out;
  for (const auto& [name, bits] : a) out.emplace_back(name, bits * same_parameter(b, name));
  return out;
}

NamedTensors without(const NamedTensors& a, const NamedTensors& b) {
  NamedTensors out;
  for (const auto& [name, bits] : a) out.emplace_back(name, bits * (1 - same_parameter(b, name)));
  return out;
}

double sharing(const NamedTensors& a, const NamedTensors& b) {
  const int64_t smaller = std::min(ones(a), ones(b));
  if (smaller == 0) return 0;
  return static_cast<double>(ones(intersection(a, b))) / static_cast<double>(smaller);
}

double random_sharing(const NamedTensors& a, const NamedTensors& b, bool per_tensor) {
  const auto smaller = static_cast<double>(std::min(ones(a), ones(b)));
  if (smaller == 0) return 0;
  if (!per_tensor) {
    return static_cast<double>(std::max(ones(a), ones(b))) / static_cast<double>(size(a));
  }
  double shared = 0;
  for (const auto& [name, bits] : a) {
    shared += count(bits) * count(same_parameter(b, name)) / static_cast<double>(bits.numel());
  }
  return shared / smaller;
}

}  // namespace modhost_diffmask
