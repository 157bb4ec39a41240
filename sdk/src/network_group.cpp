#include "modhost/network_group.h"

#include <utility>

#include "modhost/error.h"
#include "modhost/training_step.h"

namespace modhost {
inline namespace v1 {
namespace {

Tensor stacked(const std::vector<Tensor>& tensors) { return torch::stack(tensors).contiguous(); }

// A copy of the values of that name, of so many networks.
Tensor given(const NamedTensors& values, const std::string& name, const Tensor& one,
             int64_t networks) {
  const Tensor* found = find(values, name);
  std::vector<int64_t> shape = one.sizes().vec();
  shape.insert(shape.begin(), networks);
  check(found != nullptr && found->sizes() == at::IntArrayRef(shape), ErrorCode::internal,
        "a group of networks was given no '" + name + "' of their number and shape");
  return found->detach().clone(torch::MemoryFormat::Contiguous).to(one.options());
}

// With their full names.
std::vector<std::pair<std::string, Buffer*>> buffers_of(const ModelBase& model) {
  std::vector<std::pair<std::string, Buffer*>> out;
  for (const ModelBase::Slot& slot : model.layers()) {
    for (const auto& buffer : slot.layer->buffers()) {
      out.emplace_back(slot.name.empty() ? buffer->name : slot.name + "." + buffer->name,
                       buffer.get());
    }
  }
  return out;
}

}  // namespace

NetworkGroup::NetworkGroup(ModelBase& model, const std::vector<Seeds>& seeds,
                           const std::function<void(uint64_t seed)>& initialize)
    : model_(model) {
  const torch::NoGradGuard no_grad;
  for (const Seeds& seed : seeds) all_noise_.push_back(seed.noise);
  noise_ = all_noise_;
  stack_parameters(seeds, initialize);
  stack_buffers(static_cast<int64_t>(seeds.size()));
}

NetworkGroup::NetworkGroup(ModelBase& model, const NamedTensors& values,
                           const std::vector<uint64_t>& noise)
    : model_(model), all_noise_(noise), noise_(noise) {
  const torch::NoGradGuard no_grad;
  const auto networks = static_cast<int64_t>(noise.size());
  for (const Parameter& parameter : model.parameters()) {
    const Tensor leaf = given(values, parameter.name(), parameter.tensor(), networks);
    trained_.emplace_back(parameter.name(), leaf.set_requires_grad(true));
    variants_[parameter.name()] = given_variants(leaf);
  }
  std::vector<Tensor> statistics;  // all there before the model changes
  for (const auto& [name, buffer] : buffers_of(model)) {
    if (buffer->statistic) statistics.push_back(given(values, name, buffer->tensor, networks));
  }
  stack_buffers(networks);
  for (size_t i = 0; i < statistics.size(); ++i) statistics_[i].second.copy_(statistics[i]);
}

void NetworkGroup::stack_parameters(const std::vector<Seeds>& seeds,
                                    const std::function<void(uint64_t seed)>& initialize) {
  std::vector<std::vector<Tensor>> values(model_.parameters().size());
  for (const Seeds& seed : seeds) {
    if (initialize) initialize(seed.initial);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i].push_back(model_.parameters()[i].tensor().detach().clone());
    }
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string& name = model_.parameters()[i].name();
    const Tensor leaf = stacked(values[i]).set_requires_grad(true);
    trained_.emplace_back(name, leaf);
    variants_[name] = given_variants(leaf);
  }
}

void NetworkGroup::stack_buffers(int64_t networks) {
  for (const auto& [name, buffer] : buffers_of(model_)) {
    if (!buffer->statistic) {
      const Tensor& tensor = buffer->tensor;
      shared_.push_back({name, tensor, tensor._version(), tensor.clone()});
      continue;
    }
    own_.emplace_back(buffer, buffer->tensor);
    buffer->tensor = stacked(std::vector<Tensor>(static_cast<size_t>(networks), buffer->tensor));
    statistics_.emplace_back(name, buffer->tensor);
  }
}

NetworkGroup::~NetworkGroup() {
  for (const auto& [buffer, tensor] : own_) buffer->tensor = tensor;
}

NamedTensors NetworkGroup::values() const {
  NamedTensors out = trained_;
  out.insert(out.end(), statistics_.begin(), statistics_.end());
  return out;
}

void NetworkGroup::keep(const std::vector<int64_t>& networks) {
  noise_.clear();
  for (const int64_t network : networks) noise_.push_back(all_noise_[static_cast<size_t>(network)]);
}

StepResult NetworkGroup::step(const Batch& batch, int64_t step) {
  StepResult result =
      networks_step(model_, variants_, batch, {noise_, static_cast<uint64_t>(step)});
  check_shared();
  return result;
}

void NetworkGroup::check_shared() {
  for (Shared& shared : shared_) {
    if (shared.tensor._version() == shared.version) continue;
    check(torch::equal(shared.tensor, shared.before), ErrorCode::config,
          "networks cannot be trained together: the model changes '" + shared.name +
              "' in training, and they would all share it",
          "train them one by one: --train.seeds 1 --train.network 0, then 1, ...");
    shared.version = shared.tensor._version();
  }
}

std::vector<Evaluation> NetworkGroup::evaluate(const Source& source, const EvaluateOptions& how) {
  return modhost::evaluate(model_, source, static_cast<int64_t>(noise_.size()), variants_, how);
}

NamedTensors NetworkGroup::state(int64_t position) const {
  NamedTensors out;
  for (const auto& [name, tensor] : model_.state()) {
    const Tensor* own = find(trained_, name);
    if (own == nullptr) own = find(statistics_, name);
    const Tensor& value = own == nullptr ? tensor : (*own)[position];
    out.emplace_back(name, value.detach().clone());
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
