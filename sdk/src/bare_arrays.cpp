// Networks as people keep them who need no framework: arrays W0, b0, W1, b1, ...
#include <cctype>
#include <map>

#include "modhost/error.h"
#include "modhost/shown_text.h"
#include "modhost/weights.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr size_t kLongestNumber = 4;

// "bn_w12" -> {"bn_w", "12"}; {name, ""} when it ends in no plain number.
std::pair<std::string, std::string> split_number(const std::string& name) {
  size_t digits = name.size();
  while (digits > 0 && std::isdigit(static_cast<unsigned char>(name[digits - 1])) != 0) --digits;
  const std::string number = name.substr(digits);
  const bool plain = !number.empty() && number.size() <= kLongestNumber &&
                     (number == "0" || number.front() != '0');
  return plain ? std::pair(name.substr(0, digits), number) : std::pair(name, std::string());
}

class BareLayer {
 public:
  BareLayer(const NamedTensors& tensors, std::string number)
      : tensors_(tensors), number_(std::move(number)) {
    weight_ = *get("W");
    check(weight_.dim() >= 2 && weight_.is_floating_point(), ErrorCode::data,
          "array 'W" + number_ + "' is " + shape_text(weight_) +
              "; a layer's weights are numbers [out, in] or [out, in, kernel...]");
  }

  void add_to(NamedTensors& out) const {
    Tensor weight = weight_;
    if (const Tensor* mask = get("mask")) {
      expect("mask", *mask, weight_.sizes());
      weight = weight_ * (*mask > 0).to(weight_.scalar_type());
    }
    const std::string layer = "layers." + number_ + ".";
    out.emplace_back(layer + "weight", weight);
    if (const Tensor* bias = units("b")) out.emplace_back(layer + "bias", *bias);
    add_norm(out);
  }

 private:
  const Tensor* get(const std::string& prefix) const { return find(tensors_, prefix + number_); }

  void expect(const std::string& prefix, const Tensor& array, torch::IntArrayRef shape) const {
    check(array.sizes() == shape, ErrorCode::data,
          "array '" + prefix + number_ + "' is " + shape_text(array) + ", not " +
              shape_text(shape) + " as 'W" + number_ + "' " + shape_text(weight_) + " needs");
  }

  const Tensor* units(const std::string& prefix) const {
    const Tensor* array = get(prefix);
    if (array != nullptr) expect(prefix, *array, {weight_.size(0)});
    return array;
  }

  void add_norm(NamedTensors& out) const {
    const Tensor* scale = units("bn_w");
    const Tensor* variance = units("bn_v");
    check((scale == nullptr) == (variance == nullptr), ErrorCode::data,
          "array '" + std::string(scale == nullptr ? "bn_v" : "bn_w") + number_ +
              "' has no partner '" + (scale == nullptr ? "bn_w" : "bn_v") + number_ + "'");
    if (scale == nullptr) return;
    const std::string norm = "norms." + number_ + ".";
    out.emplace_back(norm + "weight", *scale);
    out.emplace_back(norm + "bias", torch::zeros_like(*scale));
    out.emplace_back(norm + "running_mean", torch::zeros_like(*variance));
    out.emplace_back(norm + "running_var", *variance);
    out.emplace_back(norm + "num_batches_tracked", torch::zeros({}, torch::kLong));
  }

  const NamedTensors& tensors_;
  std::string number_;
  Tensor weight_;
};

}  // namespace

NamedTensors from_bare_arrays(const NamedTensors& tensors) {
  if (find(tensors, "W0") == nullptr) return tensors;
  NamedTensors out;
  size_t layers = 0;
  for (; find(tensors, "W" + std::to_string(layers)) != nullptr; ++layers) {
    BareLayer(tensors, std::to_string(layers)).add_to(out);
  }
  for (const auto& [name, tensor] : tensors) {
    const auto [prefix, number] = split_number(name);
    if (number.empty()) continue;
    const bool known =
        prefix == "W" || prefix == "b" || prefix == "mask" || prefix == "bn_w" || prefix == "bn_v";
    check(!known || std::stoul(number) < layers, ErrorCode::data,
          "array '" + shown(name) + "' belongs to no layer: the weights end with 'W" +
              std::to_string(layers - 1) + "'");
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
