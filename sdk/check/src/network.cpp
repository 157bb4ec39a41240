#include "network.h"

#include "measure.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr double kShift = 0.1;

void move_off(const NamedTensors& state, const NamedTensors& buffers, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : state) {
    if (!tensor.is_floating_point()) continue;
    // Running variances must stay positive.
    const bool is_buffer = find(buffers, name) != nullptr;
    const uint64_t own = derive_seed(seed, name);
    const Tensor shift =
        is_buffer ? uniform(tensor.sizes(), 0, kShift, own) : kShift * normal(tensor.sizes(), own);
    Tensor(tensor).add_(shift.to(tensor.scalar_type()));
  }
}

}  // namespace

std::unique_ptr<ModelBase> fresh_network(const Context& context, const ModelCase& one,
                                         uint64_t seed) {
  const auto& entry = static_cast<const ModelEntry&>(*context.component);
  auto made = entry.make({one.signature, options_of(entry, one.written)});
  check(made != nullptr, ErrorCode::plugin, "no network is made");
  made->initialize(seed);
  made->set_training(false);
  return made;
}

std::unique_ptr<ModelBase> network(const Context& context, const ModelCase& one,
                                   torch::ScalarType type) {
  auto made = fresh_network(context, one, context.seed);
  made->to(torch::kDouble);
  move_off(made->state(), made->buffers(), derive_seed(context.seed, "shift"));
  made->to(type);
  return made;
}

std::unique_ptr<ModelBase> twin(const Context& context, const ModelCase& one,
                                const ModelBase& network) {
  auto made = fresh_network(context, one, context.seed);
  if (!network.parameters().empty()) {
    made->to(network.parameters().front().tensor().scalar_type());
  }
  made->load_state(network.state());
  return made;
}

Tensor evaluated(ModelBase& network, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  network.set_training(false);
  return network.forward(batch);
}

BufferKeeper::BufferKeeper(ModelBase& network)
    : network_(network), kept_(copies(network.buffers())) {}

void BufferKeeper::restore() {
  const torch::NoGradGuard no_grad;
  const NamedTensors now = network_.buffers();
  for (size_t i = 0; i < now.size(); ++i) Tensor(now[i].second).copy_(kept_[i].second);
}

std::vector<Tensor> parts(const Tensor& output, int64_t count) {
  check(output.dim() > 0 && output.size(0) % count == 0, ErrorCode::shape,
        "an output of shape " + shape_text(output) + " does not divide into " +
            std::to_string(count) + " parts");
  return output.chunk(count, 0);
}

Variations Variants::given() const {
  Variations out;
  for (const auto& [name, tensor] : weights) out[name] = given_variants(tensor);
  return out;
}

Variants Variants::only(int64_t variant) const {
  Variants out{1, {}};
  for (const auto& [name, tensor] : weights) {
    out.weights.emplace_back(name, tensor.narrow(0, variant, 1));
  }
  return out;
}

Variants Variants::permuted(const std::vector<int64_t>& order) const {
  Variants out{count, {}};
  const Tensor index = torch::tensor(order, torch::kLong);
  for (const auto& [name, tensor] : weights) {
    out.weights.emplace_back(name, tensor.index_select(0, index));
  }
  return out;
}

Variants random_variants(const ModelBase& network, int64_t count, MaskKind kind, uint64_t seed) {
  constexpr double kKept = 0.7;
  Variants out{count, {}};
  for (const Parameter& parameter : network.parameters()) {
    if (!parameter.maskable()) continue;
    const Tensor weight = parameter.tensor().detach();
    std::vector<int64_t> shape{count};
    shape.insert(shape.end(), weight.sizes().begin(), weight.sizes().end());
    const uint64_t own = derive_seed(seed, parameter.name());
    const Tensor mask =
        kind == MaskKind::hard ? random_bits(shape, kKept, own) : uniform(shape, 0.2, 1.8, own);
    out.weights.emplace_back(parameter.name(), weight.unsqueeze(0) * mask.to(weight.scalar_type()));
  }
  return out;
}

void write_into(ModelBase& plain, const Variants& variants, int64_t variant) {
  const torch::NoGradGuard no_grad;
  for (const Parameter& parameter : plain.parameters()) {
    const Tensor* found = find(variants.weights, parameter.name());
    if (found != nullptr) parameter.tensor().copy_((*found)[variant]);
  }
}

Noise noise_of_parts(int64_t count, int64_t first) {
  Noise noise;
  noise.seeds.clear();
  for (int64_t part = first; part < first + count; ++part) {
    noise.seeds.push_back(derive_seed(77, static_cast<uint64_t>(part)));
  }
  noise.step = 3;
  return noise;
}

Tensor forward_all(ModelBase& network, const Variants& variants, const Batch& repeated_batch) {
  const EnsembleScope scope(network, variants.count, variants.given());
  return network.forward(repeated_batch);
}

}  // namespace modhost::conformance
