#include "networks.h"

#include <algorithm>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

NamedTensors rows(const NamedTensors& tensors, const Tensor& at) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.index_select(0, at));
  return out;
}

}  // namespace

Networks Networks::at(const std::vector<int64_t>& positions) const {
  const torch::NoGradGuard no_grad;
  const Tensor at = torch::tensor(positions, torch::kLong);
  return {rows(values, at), rows(kept, at), rows(units, at)};
}

void Networks::take(const std::vector<int64_t>& positions, const Networks& other,
                    const std::vector<int64_t>& from) {
  if (positions.empty()) return;
  const torch::NoGradGuard no_grad;
  const Tensor to = torch::tensor(positions, torch::kLong);
  const Tensor source = torch::tensor(from, torch::kLong);
  const auto copy = [&](NamedTensors& own, const NamedTensors& others) {
    for (size_t i = 0; i < own.size(); ++i) {
      own[i].second.index_copy_(0, to, others[i].second.index_select(0, source));
    }
  };
  copy(values, other.values);
  copy(kept, other.kept);
  copy(units, other.units);
}

Networks Networks::joined(const std::vector<Networks>& parts) {
  const auto put = [&](NamedTensors Networks::*member) {
    NamedTensors out;
    for (size_t i = 0; i < (parts.front().*member).size(); ++i) {
      std::vector<Tensor> all;
      for (const Networks& part : parts) all.push_back((part.*member)[i].second);
      out.emplace_back((parts.front().*member)[i].first, torch::cat(all));
    }
    return out;
  };
  return {put(&Networks::values), put(&Networks::kept), put(&Networks::units)};
}

}  // namespace modhost_sculpting
