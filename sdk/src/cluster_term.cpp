#include "cluster_term.h"

#include <utility>

#include "eigenvalue_penalties.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

const Tensor& named(const NamedTensors& values, const std::string& name) {
  const Tensor* found = find(values, name);
  check(found != nullptr, ErrorCode::internal, "there is no tensor '" + name + "' to penalise");
  return *found;
}

// The network at each position alone. Their gradients are put together at once.
std::vector<NamedTensors> apart(const NamedTensors& values) {
  std::vector<NamedTensors> out(static_cast<size_t>(values.front().second.size(0)));
  for (const auto& [name, tensor] : values) {
    const std::vector<Tensor> own = tensor.unbind(0);
    for (size_t i = 0; i < own.size(); ++i) out[i].emplace_back(name, own[i]);
  }
  return out;
}

void check_scalable(const ModelBase& model) {
  for (const ModelBase::Slot& slot : model.layers()) {
    for (const Wiring& wiring : slot.layer->wiring()) {
      check(wiring.in_dim != wiring.out_dim, ErrorCode::config,
            "option 'train.clusterability_normalize': units cannot be scaled where layer '" +
                slot.name + "' normalises them",
            "leave it out");
    }
  }
}

// The weights of `kernel` times a factor of each unit, fed or read.
void scale_entries(const Tensor& weight, const Tensor& units, const Tensor& factors) {
  const Tensor at = units.to(factors.device());
  const Tensor own = factors.index_select(0, at.flatten().clamp_min(0)).view(at.sizes());
  const Tensor factor = torch::where(at < 0, torch::ones_like(own), own);
  weight.mul_(factor.to(weight.options()));
}

}  // namespace

ClusterTerm::ClusterTerm(const ModelBase& model, const ClusterPenalty& plan)
    : plan_(plan), network_(unit_network(model, UnitChoice{})) {
  if (!plan.normalize) return;
  check_scalable(model);
  for (const UnitKernel& kernel : network_.kernels) {
    const NamedTensors state = model.state();
    const Tensor& weight = named(state, kernel.parameter);
    entries_.push_back(entry_units(kernel, weight.sizes()));
  }
  const std::vector<bool> shared = shared_kernels(network_, entries_);
  for (size_t i = 0; i < shared.size(); ++i) {
    check(!shared[i], ErrorCode::config,
          "option 'train.clusterability_normalize': units cannot be scaled where layer '" +
              network_.kernels[i].layer + "' reads several of them with the same weights",
          "leave it out");
  }
  find_hidden(model);
}

void ClusterTerm::find_hidden(const ModelBase& model) {
  for (size_t group = 0; group < network_.groups.size(); ++group) {
    Hidden own;
    for (size_t i = 0; i < network_.kernels.size(); ++i) {
      if (network_.kernels[i].to == static_cast<int64_t>(group)) own.into.push_back(i);
      if (network_.kernels[i].from == static_cast<int64_t>(group)) own.out_of.push_back(i);
    }
    if (own.into.empty() || own.out_of.empty()) continue;
    own.biases = biases_of(model, group);
    hidden_.push_back(std::move(own));
  }
}

std::vector<std::string> ClusterTerm::biases_of(const ModelBase& model, size_t group) const {
  std::vector<std::string> out;
  for (const UnitWriter& writer : network_.writers[group]) {
    for (const ModelBase::Slot& slot : model.layers()) {
      if (slot.name != writer.layer) continue;
      for (const Wiring& wiring : slot.layer->wiring()) {
        const bool is_bias = wiring.in_dim == Wiring::kNone && wiring.feeds == writer.group;
        if (is_bias) out.push_back(wiring.parameter.name());
      }
    }
  }
  return out;
}

void ClusterTerm::normalize(int64_t step, const NamedTensors& values) const {
  if (!plan_.normalize || !acts(step)) return;
  const torch::NoGradGuard no_grad;
  for (const Hidden& own : hidden_) normalize(own, values);
}

void ClusterTerm::normalize_stacked(int64_t step, const NamedTensors& values) const {
  if (!plan_.normalize || !acts(step)) return;
  const torch::NoGradGuard no_grad;
  for (const NamedTensors& one : apart(values)) normalize(step, one);
}

// A unit that nothing feeds stays as it is: its weights out of it are not lost.
void ClusterTerm::normalize(const Hidden& own, const NamedTensors& values) const {
  Tensor squares;
  const auto add = [&](const Tensor& more) { squares = squares.defined() ? squares + more : more; };
  const auto weight_of = [&](size_t i) {
    return named(values, network_.kernels[i].parameter).detach();
  };
  for (const size_t i : own.into) {
    const Tensor weight = weight_of(i).to(torch::kDouble);
    add(taps_of(network_.kernels[i], weight).square().sum({1, 2}));
  }
  const int64_t units = squares.size(0);
  const auto bias_of = [&](const std::string& name) {
    return named(values, name).detach().view({-1, units});
  };
  for (const std::string& name : own.biases) {
    add(bias_of(name).to(torch::kDouble).square().sum(0));
  }
  const Tensor norm = torch::where(squares > 0, (squares / 2).sqrt(), torch::ones_like(squares));
  for (const size_t i : own.into) scale_entries(weight_of(i), entries_[i].to, norm.reciprocal());
  for (const size_t i : own.out_of) scale_entries(weight_of(i), entries_[i].from.front(), norm);
  for (const std::string& name : own.biases) {
    const Tensor bias = bias_of(name);
    bias.div_(norm.to(bias.options()));
  }
}

Tensor ClusterTerm::at(int64_t step, const NamedTensors& values) const {
  if (!acts(step)) return {};
  return eigenvalue_penalty(graph_of(values), plan_.eigenvalues) * weight();
}

Tensor ClusterTerm::at_stacked(int64_t step, const NamedTensors& values) const {
  if (!acts(step)) return {};
  std::vector<UnitGraph> graphs;
  for (const NamedTensors& one : apart(values)) graphs.push_back(graph_of(one));
  return eigenvalue_penalties(graphs, plan_.eigenvalues) * weight();
}

UnitGraph ClusterTerm::graph_of(const NamedTensors& values) const {
  UnitNetwork live = network_;
  for (UnitKernel& kernel : live.kernels) {
    kernel.weights = taps_of(kernel, named(values, kernel.parameter));
    for (UnitScale& scale : kernel.scales) {
      scale.gamma = named(values, scale.parameter);
      scale.variance = named(values, scale.layer + ".running_var");
    }
  }
  UnitGraph graph{live.groups, {}};
  const std::vector<Tensor> edges = unit_edges(live, GraphChoice{});
  for (size_t i = 0; i < edges.size(); ++i) {
    graph.blocks.push_back({live.kernels[i].from, live.kernels[i].to, edges[i]});
  }
  return graph;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
