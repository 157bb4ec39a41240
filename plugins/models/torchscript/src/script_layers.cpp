#include "script_layers.h"

#include <modhost/error.h>
#include <modhost/nn_attention.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "known_layers.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr const char* kKind = "torchscript";

// The tensors of a module whose computation no kind of the SDK describes.
class OpaqueLayer : public Layer {
 public:
  OpaqueLayer() : Layer(kKind, 0, 0) {}

  Tensor forward(const Tensor&) override {
    throw Error(ErrorCode::internal, "layer '" + name() + "' runs only inside its network");
  }
  Parameter own(const OwnedTensor& owned) {
    return parameter(owned.name, owned.tensor.sizes().vec(), Init{});
  }
  void tie(const Parameter& parameter) { shared(parameter); }
  void keep(const OwnedTensor& owned) { buffer(owned.name, owned.tensor); }
};

// Everything is computed in float32; values that are counted stay integers.
Tensor as_float(const Tensor& tensor) {
  return tensor.is_floating_point() ? tensor.to(torch::kFloat).clone() : tensor.clone();
}

// The values of the file, wherever they are put.
Init as_in(const OwnedTensor& owned) {
  Init init;
  init.kind = Init::Kind::given;
  init.values = owned.tensor;
  return init;
}

class Maker {
 public:
  Maker(const ScriptFile& file, const std::vector<size_t>& trained, const std::vector<Call>& calls)
      : file_(file), calls_(calls) {
    for (size_t i = 0; i < trained.size(); ++i) position_[trained[i]] = i;
    for (size_t i = 0; i < file.tensors.size(); ++i) {
      const auto same = file.tensors[i].same_as;
      if (same >= 0) tied_.insert({i, static_cast<size_t>(same)});
    }
    made_.parameters.resize(trained.size());
    made_.owners.resize(trained.size());
  }

  ScriptLayers make() {
    for (size_t first = 0; first < file_.tensors.size();) {
      size_t last = first;
      const std::string& owner = file_.tensors[first].owner;
      while (last < file_.tensors.size() && file_.tensors[last].owner == owner) ++last;
      const size_t projection = end_of_attention(first, last);
      std::shared_ptr<Layer> layer;
      if (projection > last) {
        layer = attention(first);
        last = projection;
      }
      std::vector<size_t> tensors;
      for (size_t i = first; i < last; ++i) tensors.push_back(i);
      if (layer == nullptr) layer = known(tensors);
      if (layer == nullptr) layer = opaque(tensors);
      made_.layers.push_back({owner, layer});
      link(layer, tensors);
      first = last;
    }
    return std::move(made_);
  }

 private:
  bool is_new(size_t tensor) const { return position_.count(tensor) > 0; }

  const OwnedTensor& at(size_t tensor) const { return file_.tensors[tensor]; }

  // nn.MultiheadAttention owns the projections of its inputs, and that of the output in a module
  // below. Returns where the latter's tensors end, or `last` when this is none.
  size_t end_of_attention(size_t first, size_t last) const {
    const bool bias = last - first == 2;
    const std::string below = at(first).owner + ".out_proj";
    if (at(first).name != "in_proj_weight" || last - first > 2) return last;
    if (bias && at(first + 1).name != "in_proj_bias") return last;
    const size_t end = last + (bias ? 2 : 1);
    if (end > file_.tensors.size()) return last;
    for (size_t i = first; i < end; ++i) {
      if (tied_.count(i) > 0 || !is_new(i) || (i >= last && at(i).owner != below)) return last;
    }
    const auto sizes = at(first).tensor.sizes();
    return sizes.size() == 2 && sizes[0] == 3 * sizes[1] && at(last).name == "weight" ? end : last;
  }

  std::shared_ptr<Layer> attention(size_t first) const {
    nn::AttentionSettings settings;
    settings.bias = at(first + 1).name == "in_proj_bias";
    const torch::jit::Module module = file_.module_at(at(first).owner);
    const bool told = module.hasattr("num_heads") && module.attr("num_heads").isInt();
    return std::make_shared<nn::MultiheadAttentionLayer>(
        at(first).tensor.size(1), told ? module.attr("num_heads").toInt() : 1, settings);
  }

  // Of a tensor within the layer, which is named after the owner of the first one.
  std::string name_in(size_t first, size_t tensor) const {
    return full_name(at(tensor)).substr(at(first).owner.empty() ? 0 : at(first).owner.size() + 1);
  }

  std::shared_ptr<Layer> known(const std::vector<size_t>& tensors) const {
    ModuleParameters module;
    std::set<std::string> names;
    for (const size_t i : tensors) {
      if (tied_.count(i) > 0) return nullptr;
      const OwnedTensor& owned = file_.tensors[i];
      names.insert(owned.name);
      if (!owned.trained) continue;
      module.positions[owned.name] = position_.at(i);
      module.shapes[owned.name] = owned.tensor.sizes().vec();
    }
    if (module.positions.empty()) return nullptr;
    std::shared_ptr<Layer> layer = known_layer(module, calls_);  // nullptr: none of the SDK
    if (layer == nullptr) return nullptr;
    std::set<std::string> given;
    for (const Parameter& parameter : layer->parameters()) given.insert(parameter.name());
    for (const auto& buffer : layer->buffers()) given.insert(buffer->name);
    return given == names ? layer : nullptr;
  }

  std::shared_ptr<Layer> opaque(const std::vector<size_t>& tensors) const {
    auto layer = std::make_shared<OpaqueLayer>();
    for (const size_t i : tensors) {
      const OwnedTensor& owned = file_.tensors[i];
      if (is_new(i)) {
        layer->own(owned);
      } else if (owned.same_as >= 0 && is_new(static_cast<size_t>(owned.same_as))) {
        layer->tie(made_.parameters[position_.at(static_cast<size_t>(owned.same_as))]);
      } else {
        layer->keep(owned);
      }
    }
    return layer;
  }

  // Puts the values of the file into the layer.
  void link(const std::shared_ptr<Layer>& layer, const std::vector<size_t>& tensors) {
    for (const size_t i : tensors) {
      const OwnedTensor& owned = file_.tensors[i];
      for (Parameter& parameter : layer->parameters()) {
        if (!is_new(i) || parameter.name() != name_in(tensors.front(), i)) continue;
        parameter.tensor() = as_float(owned.tensor);
        parameter.set_init(as_in(owned));
        made_.parameters[position_.at(i)] = parameter;
        made_.owners[position_.at(i)] = layer;
      }
      for (const auto& buffer : layer->buffers()) {
        if (buffer->name != owned.name) continue;
        buffer->tensor = as_float(owned.tensor);
        made_.buffers.push_back({buffer.get(), i});
      }
    }
  }

  const ScriptFile& file_;
  const std::vector<Call>& calls_;
  std::map<size_t, size_t> position_;  // of a tensor of the file in Weights
  std::set<size_t> tied_;
  ScriptLayers made_;
};

}  // namespace

ScriptLayers make_layers(const ScriptFile& file, const std::vector<size_t>& trained,
                         const std::vector<Call>& calls) {
  return Maker(file, trained, calls).make();
}

}  // namespace modhost_torchscript
