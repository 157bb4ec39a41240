#include "modhost/model.h"

#include <utility>

#include "modhost/error.h"
#include "modhost/weights.h"

namespace modhost {
inline namespace v1 {

namespace joint {

Pairs same(int64_t units) { return flattened(units, 1); }

Pairs flattened(int64_t units, int64_t positions) {
  Pairs pairs;
  for (int64_t unit = 0; unit < units; ++unit) {
    for (int64_t at = 0; at < positions; ++at) pairs.emplace_back(unit, unit * positions + at);
  }
  return pairs;
}

Pairs chunked(int64_t units, int64_t width) {
  Pairs pairs;
  for (int64_t unit = 0; unit < units; ++unit) pairs.emplace_back(unit, unit % width);
  return pairs;
}

Pairs every(int64_t units, int64_t inputs) {
  Pairs pairs;
  for (int64_t unit = 0; unit < units; ++unit) {
    for (int64_t input = 0; input < inputs; ++input) pairs.emplace_back(unit, input);
  }
  return pairs;
}

}  // namespace joint

namespace {

std::string full_name(const std::string& layer, const std::string& name) {
  return layer.empty() ? name : layer + "." + name;
}

bool contains(const std::vector<Parameter>& parameters, const Parameter& wanted) {
  for (const Parameter& parameter : parameters) {
    if (parameter.same_as(wanted)) return true;
  }
  return false;
}

}  // namespace

ModelBase::ModelBase(const Build& build) : signature_(build.signature) {}
ModelBase::~ModelBase() = default;

std::vector<std::string> ModelBase::notes() const { return {}; }

void ModelBase::add_layer(const std::string& name, std::shared_ptr<Layer> layer) {
  for (const Slot& slot : layers_) {
    check(slot.name != name, ErrorCode::internal,
          "layer '" + name + "' is added twice; give each layer its own name");
  }
  for (Parameter& parameter : layer->parameters()) {
    if (contains(parameters_, parameter)) continue;  // tied to an earlier layer
    parameter.rename(full_name(name, parameter.name()));
    parameters_.push_back(parameter);
  }
  layer->set_name(name);
  layers_.push_back({name, std::move(layer)});
}

void ModelBase::join(const std::string& from, const std::string& to, joint::Pairs pairs) {
  joints_.push_back({from, to, std::move(pairs)});
}

int64_t ModelBase::parameter_count() const {
  int64_t count = 0;
  for (const Parameter& parameter : parameters_) count += parameter.tensor().numel();
  return count;
}

NamedTensors ModelBase::state() const {
  NamedTensors state;
  std::vector<Parameter> seen;
  for (const Slot& slot : layers_) {
    for (const Parameter& parameter : slot.layer->parameters()) {
      if (contains(seen, parameter)) continue;
      seen.push_back(parameter);
      state.emplace_back(parameter.name(), parameter.tensor());
    }
    for (const auto& buffer : slot.layer->buffers()) {
      state.emplace_back(full_name(slot.name, buffer->name), buffer->tensor);
    }
  }
  return state;
}

NamedTensors ModelBase::buffers() const {
  NamedTensors out;
  for (const Slot& slot : layers_) {
    for (const auto& buffer : slot.layer->buffers()) {
      out.emplace_back(full_name(slot.name, buffer->name), buffer->tensor);
    }
  }
  return out;
}

void ModelBase::load_state(const NamedTensors& given) {
  const NamedTensors own = state();
  check_fit(own, given, "the weights");
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : own) Tensor(tensor).copy_(*find(given, name));
}

void ModelBase::initialize(uint64_t seed) {
  for (const Parameter& parameter : parameters_) parameter.initialize(seed);
}

void ModelBase::set_training(bool on) {
  for (const Slot& slot : layers_) slot.layer->set_training(on);
}

void ModelBase::set_noise(const Noise& noise) {
  noise_ = noise;
  for (const Slot& slot : layers_) slot.layer->set_noise(noise);
}

void ModelBase::require_gradients(bool on) {
  for (const Parameter& parameter : parameters_) parameter.tensor().set_requires_grad(on);
}

void ModelBase::to(torch::Device device) {
  const torch::NoGradGuard no_grad;
  for (const Parameter& parameter : parameters_) {
    parameter.tensor() = parameter.tensor().detach().to(device);
  }
  for (const Slot& slot : layers_) {
    for (const auto& buffer : slot.layer->buffers()) buffer->tensor = buffer->tensor.to(device);
  }
}

void ModelBase::to(torch::ScalarType type) {
  const torch::NoGradGuard no_grad;
  for (const Parameter& parameter : parameters_) {
    parameter.tensor() = parameter.tensor().detach().to(type);
  }
  for (const Slot& slot : layers_) {
    for (const auto& buffer : slot.layer->buffers()) {
      if (buffer->tensor.is_floating_point()) buffer->tensor = buffer->tensor.to(type);
    }
  }
}

EnsembleScope::EnsembleScope(ModelBase& model, int64_t size, const Variations& variations)
    : model_(model) {
  size_t applied = 0;
  for (const Parameter& parameter : model.parameters_) {
    applied += variations.count(parameter.name());
  }
  check(applied == variations.size(), ErrorCode::internal,
        "a variation names a parameter that the model does not have");
  for (const auto& [name, variation] : variations) {
    check(variation->size() == size, ErrorCode::internal,
          "parameter '" + name + "' has " + std::to_string(variation->size()) +
              " variants in an ensemble of " + std::to_string(size));
  }
  for (const Parameter& parameter : model.parameters_) {
    const auto found = variations.find(parameter.name());
    if (found != variations.end()) parameter.vary(found->second);
  }
  for (const auto& slot : model.layers_) slot.layer->set_ensemble_size(size);
}

EnsembleScope::~EnsembleScope() {
  for (const Parameter& parameter : model_.parameters_) parameter.vary(nullptr);
  for (const auto& slot : model_.layers_) slot.layer->set_ensemble_size(1);
}

Batch repeated(const Batch& batch, int64_t times) {
  if (times == 1) return batch;
  const auto repeat = [times](const Tensor& tensor) {
    if (!tensor.defined()) return tensor;  // a batch without targets
    std::vector<int64_t> counts(static_cast<size_t>(tensor.dim()), 1);
    counts[0] = times;
    return tensor.repeat(counts);
  };
  return {repeat(batch.input), repeat(batch.target), repeat(batch.input_length),
          repeat(batch.target_length), batch.steps};
}

const Layer& layer_named(const ModelBase& model, const std::string& name) {
  for (const ModelBase::Slot& slot : model.layers()) {
    if (slot.name == name) return *slot.layer;
  }
  throw Error(ErrorCode::internal, "the model has no layer '" + name + "'");
}

}  // namespace v1
}  // namespace modhost
