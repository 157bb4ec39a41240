#include "networks.h"

#include <modhost/error.h>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

NamedTensors rows(const NamedTensors& tensors, const Tensor& at) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.index_select(0, at));
  return out;
}

}  // namespace

Tensor& tensor_of(NamedTensors& tensors, const std::string& name) {
  for (auto& [own, tensor] : tensors) {
    if (own == name) return tensor;
  }
  throw Error(ErrorCode::internal, "a pruned network lacks '" + name + "'");
}

const Tensor& tensor_of(const NamedTensors& tensors, const std::string& name) {
  const Tensor* found = find(tensors, name);
  check(found != nullptr, ErrorCode::internal, "a pruned network lacks '" + name + "'");
  return *found;
}

std::vector<double> row_of(const Tensor& rows, int64_t row) {
  const Tensor own = rows[row].to(torch::kDouble).contiguous();
  return {own.data_ptr<double>(), own.data_ptr<double>() + own.numel()};
}

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

}  // namespace modhost_sculpting
