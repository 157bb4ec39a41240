#include "network_rows.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.detach().clone());
  return out;
}

void copy_into(const NamedTensors& targets, const NamedTensors& from,
               const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : targets) {
    const Tensor* value = find(from, name);
    check(value != nullptr && value->sizes() == tensor.sizes(), ErrorCode::data,
          "the checkpoint '" + path.string() + "' does not hold '" + name + "' of shape " +
              shape_text(tensor),
          "remove the file to train this stage anew");
    Tensor(tensor).copy_(*value);
  }
}

void copy_networks(const NamedTensors& source, const std::vector<int64_t>& from,
                   const NamedTensors& target, const std::vector<int64_t>& to) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : source) {
    const Tensor* other = find(target, name);
    check(other != nullptr, ErrorCode::data,
          "the checkpoint of the best epoch lacks '" + name + "'");
    for (size_t n = 0; n < from.size(); ++n) (*other)[to[n]].copy_(tensor[from[n]]);
  }
}

NamedTensors networks_at(const NamedTensors& tensors, const std::vector<int64_t>& positions) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) {
    const Tensor at = torch::tensor(positions, torch::kLong).to(tensor.device());
    out.emplace_back(name, tensor.detach().index_select(0, at));
  }
  return out;
}

void replace(const NamedTensors& targets, const NamedTensors& contents) {
  for (const auto& [name, tensor] : targets) {
    const Tensor* value = find(contents, name);
    check(value != nullptr, ErrorCode::data,
          "the checkpoint of stopped networks lacks '" + name + "'");
    Tensor(tensor).mutable_grad() = Tensor();
    tensor.set_data(*value);
  }
}

NamedTensors zeros_for(const NamedTensors& like, int64_t networks) {
  NamedTensors out;
  for (const auto& [name, tensor] : like) {
    std::vector<int64_t> shape = tensor.sizes().vec();
    shape[0] = networks;
    out.emplace_back(name, torch::zeros(shape, tensor.options().requires_grad(false)));
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
