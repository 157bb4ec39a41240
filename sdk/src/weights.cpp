#include "modhost/weights.h"

#include <algorithm>

#include "modhost/error.h"
#include "modhost/shown_text.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr const char* kOriginal = "_orig";
constexpr const char* kMask = "_mask";

bool ends_with(const std::string& name, const std::string& end) {
  return name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

// 1 where the weight is kept, of the weight's type.
Tensor bits(const Tensor& mask, const Tensor& weight) {
  return (mask > 0).to(weight.scalar_type());
}

void check_mask(const std::string& name, const Tensor& mask, const Tensor* weight) {
  const std::string label = shown(name);
  check(weight != nullptr, ErrorCode::data, "the mask '" + label + "' belongs to no weight",
        "'modhost convert MASK OUT --model.rename s/REGEX/NEW/' changes names");
  check(weight->sizes() == mask.sizes(), ErrorCode::data,
        "the mask '" + label + "' is " + shape_text(mask) + ", its weight " + shape_text(*weight));
}

// NAME_orig and NAME_mask become NAME, which is noted in `pruned`.
NamedTensors with_pruning_done(const NamedTensors& tensors, std::vector<std::string>& pruned) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) {
    const auto partner = [&](const char* own, const char* other) {
      return ends_with(name, own)
                 ? find(tensors, name.substr(0, name.size() - std::string(own).size()) + other)
                 : nullptr;
    };
    if (partner(kMask, kOriginal) != nullptr) continue;
    const Tensor* mask = partner(kOriginal, kMask);
    if (mask == nullptr) {
      out.emplace_back(name, tensor);
    } else {
      check_mask(name, *mask, &tensor);
      pruned.push_back(name.substr(0, name.size() - std::string(kOriginal).size()));
      out.emplace_back(pruned.back(), tensor * bits(*mask, tensor));
    }
  }
  return out;
}

}  // namespace

NamedTensors masked(const NamedTensors& weights, const NamedTensors& masks) {
  for (const auto& [name, mask] : masks) check_mask(name, mask, find(weights, name));
  NamedTensors out;
  for (const auto& [name, weight] : weights) {
    const Tensor* mask = find(masks, name);
    out.emplace_back(name, mask == nullptr ? weight : weight * bits(*mask, weight));
  }
  return out;
}

NamedTensors as_pruned(const NamedTensors& weights, const NamedTensors& masks) {
  for (const auto& [name, mask] : masks) check_mask(name, mask, find(weights, name));
  NamedTensors out;
  for (const auto& [name, weight] : weights) {
    const Tensor* mask = find(masks, name);
    out.emplace_back(mask == nullptr ? name : name + kOriginal, weight);
    if (mask != nullptr) out.emplace_back(name + kMask, bits(*mask, weight));
  }
  return out;
}

WeightsFile read_weights(const WeightsOptions& options) {
  WeightsFile file = read_weights(options.weights(), options.weights_key());
  file.tensors =
      from_bare_arrays(renamed(with_pruning_done(file.tensors, file.pruned), options.rename()));
  if (!options.mask().empty()) {
    file.tensors = masked(file.tensors, read_weights(options.mask()).tensors);
  }
  return file;
}

void load_weights(ModelBase& model, const WeightsFile& file, const std::string& path) {
  check_fit(model.state(), file.tensors, "the weights of '" + path + "'");
  model.load_state(file.tensors);
}

}  // namespace v1
}  // namespace modhost
