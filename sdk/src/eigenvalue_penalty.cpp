#include "modhost/eigenvalue_penalty.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "eigenvalue_penalties.h"
#include "held.h"
#include "modhost/spectral.h"

namespace modhost {
inline namespace v1 {
namespace {

// The value and its gradient with respect to each block.
struct Found {
  double value = 0;
  std::vector<Tensor> gradients;
};

// Eigenvectors over the root of the degrees, [units, count], 0 for units that are left out.
Tensor points_of(const SpectralEmbedding& found, int64_t count) {
  const auto units = static_cast<int64_t>(found.kept.size());
  const Tensor out = torch::zeros({units, count}, torch::kDouble);
  auto* to = out.data_ptr<double>();
  auto from = found.points.begin();
  for (int64_t unit = 0; unit < units; ++unit) {
    if (!found.kept[static_cast<size_t>(unit)]) continue;
    std::copy(from, from + count, to + unit * count);
    from += count;
  }
  return out;
}

int64_t kept_count(const UnitGraph& graph) {
  const std::vector<bool> kept = kept_units(graph, Isolated::component);
  return std::count(kept.begin(), kept.end(), true);
}

Found nothing(const UnitGraph& graph) {
  Found out;
  for (const UnitBlock& block : graph.blocks) {
    out.gradients.push_back(torch::zeros_like(block.weights));
  }
  return out;
}

// The first eigenvalue is 0 whatever the weights, so its eigenvector may be in the sums: that makes
// them well defined where 0 is a multiple eigenvalue.
Found measured(const UnitGraph& graph, int64_t eigenvalues) {
  Found out = nothing(graph);
  SpectralOptions options;
  options.isolated = Isolated::component;
  options.clusters = std::min(eigenvalues + 1, kept_count(graph));
  if (options.clusters < 2) return out;
  const SpectralEmbedding found = spectral_embedding(graph, options);
  const Tensor x = points_of(found, options.clusters);
  const double share = 1 / static_cast<double>(eigenvalues);
  std::vector<double> rest;  // 1 - eigenvalue
  for (int64_t k = 0; k < options.clusters; ++k) {
    const double eigenvalue = found.eigenvalues[static_cast<size_t>(k)];
    if (k > 0) out.value += share * eigenvalue;
    rest.push_back(share * (1 - eigenvalue));
  }
  const Tensor c = x.square().matmul(torch::tensor(rest, torch::kDouble));
  const std::vector<int64_t> first = graph.offsets();
  const auto rows = [&](const Tensor& of, int64_t group) {
    return of.narrow(0, first[static_cast<size_t>(group)],
                     graph.groups[static_cast<size_t>(group)].units);
  };
  for (size_t i = 0; i < graph.blocks.size(); ++i) {
    const auto [from, to] = std::pair(graph.blocks[i].from, graph.blocks[i].to);
    Tensor& gradient = out.gradients[i];
    gradient = rows(x, to).matmul(rows(x, from).t()).mul_(-2 * share);
    gradient.add_(rows(c, to).unsqueeze(1)).add_(rows(c, from).unsqueeze(0));
    const Tensor kept = x.abs().sum(1) != 0;
    gradient.mul_(rows(kept, to).unsqueeze(1)).mul_(rows(kept, from).unsqueeze(0));
    if (from == to) gradient.fill_diagonal_(0);
  }
  return out;
}

class EigenvaluePenalty : public torch::autograd::Function<EigenvaluePenalty> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, at::TensorList,
                        const Found& found) {
    detail::hold(context, "found", found);
    return torch::tensor(found.value, torch::kDouble);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list given) {
    torch::autograd::variable_list out;
    for (const Tensor& gradient : detail::held<Found>(context, "found").gradients) {
      out.push_back(gradient * given[0]);
    }
    out.emplace_back();  // of `found` itself
    return out;
  }
};

}  // namespace

namespace detail {

Tensor eigenvalue_penalties(const std::vector<UnitGraph>& graphs, int64_t eigenvalues) {
  std::vector<std::vector<Tensor>> weights(graphs.size());
  std::vector<UnitGraph> plain = graphs;
  for (size_t i = 0; i < graphs.size(); ++i) {
    for (UnitBlock& block : plain[i].blocks) {
      weights[i].push_back(block.weights.to(torch::kCPU, torch::kDouble));
      block.weights = weights[i].back().detach().contiguous();
    }
  }
  std::vector<Found> found(graphs.size());
  at::parallel_for(0, static_cast<int64_t>(graphs.size()), 1, [&](int64_t begin, int64_t end) {
    const torch::NoGradGuard no_grad;
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      found[i] = measured(plain[i], eigenvalues);
    }
  });
  std::vector<Tensor> out;
  for (size_t i = 0; i < graphs.size(); ++i) {
    out.push_back(EigenvaluePenalty::apply(at::TensorList(weights[i]), found[i]));
  }
  return torch::stack(out);
}

}  // namespace detail

Tensor eigenvalue_penalty(const UnitGraph& graph, int64_t eigenvalues) {
  return detail::eigenvalue_penalties({graph}, eigenvalues)[0];
}

}  // namespace v1
}  // namespace modhost
