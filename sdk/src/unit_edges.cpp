// From taps to the weights of edges.
#include <algorithm>
#include <queue>
#include <set>
#include <utility>

#include "modhost/error.h"
#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {
namespace {

std::string name_of(const UnitNetwork& network, int64_t group) {
  return "'" + network.groups[static_cast<size_t>(group)].name + "'";
}

Tensor factors(const UnitScale& scale) {
  const Tensor gamma = scale.gamma.to(torch::kDouble);
  const Tensor factor = gamma / (scale.variance.to(torch::kDouble) + scale.eps).sqrt();
  const Tensor channels = scale.channels.flatten().to(factor.device()).clamp_min(0);
  return factor.index_select(0, channels).view(scale.channels.sizes());
}

// [to, from, taps] in double, with the factors of normalisations.
Tensor folded(const UnitKernel& kernel, bool fold) {
  Tensor w = kernel.weights.to(torch::kDouble);
  if (!fold) return w;
  for (const UnitScale& scale : kernel.scales) {
    const Tensor factor = factors(scale);
    if (scale.direct) {
      w = w * factor.view({-1, 1, 1});
    } else {  // the places of a unit come first in its taps
      const Tensor places = w.view({w.size(0), w.size(1), factor.size(1), -1});
      w = (places * factor.unsqueeze(2)).view(w.sizes());
    }
  }
  return w;
}

// [to, from, taps] -> [to, from]
Tensor norm_of(const Tensor& taps, const UnitKernel& kernel, KernelNorm norm) {
  const bool column = kernel.rows == 1 || kernel.columns == 1;
  if (norm == KernelNorm::l1) return taps.abs().sum(2);
  if (norm == KernelNorm::l2 || (norm == KernelNorm::spectral && column)) return taps.norm(2, 2);
  const Tensor k = taps.abs().view({taps.size(0), taps.size(1), -1, kernel.rows, kernel.columns});
  if (norm == KernelNorm::induced1) return k.sum(3).amax(3).sum(2);
  const Tensor values = at::linalg_svdvals(k);  // [to, from, matrices, smaller side]
  return values.select(3, 0).norm(2, 2);
}

// Each group after those that feed it.
std::vector<int64_t> in_order(const UnitNetwork& network) {
  std::vector<std::set<int64_t>> before(network.groups.size());
  for (const UnitKernel& kernel : network.kernels) {
    before[static_cast<size_t>(kernel.to)].insert(kernel.from);
  }
  std::vector<int64_t> order;
  std::vector<bool> done(before.size(), false);
  for (bool more = true; more;) {
    more = false;
    for (size_t group = 0; group < before.size(); ++group) {
      const auto ready = [&](int64_t source) { return done[static_cast<size_t>(source)]; };
      if (done[group] || !std::all_of(before[group].begin(), before[group].end(), ready)) continue;
      done[group] = more = true;
      order.push_back(static_cast<int64_t>(group));
    }
  }
  const auto stuck = std::find(done.begin(), done.end(), false);
  check(stuck == done.end(), ErrorCode::config,
        "weights cannot be normalised where units reach themselves, as " +
            (stuck == done.end() ? "" : name_of(network, stuck - done.begin())) + " do",
        "leave normalize_weights out, or choose layers that follow each other");
  return order;
}

// The scale of one summand cannot be moved through a sum.
void check_plain(const UnitNetwork& network) {
  for (const UnitKernel& kernel : network.kernels) {
    for (const UnitKernel& other : network.kernels) {
      const bool shared = kernel.parameter == other.parameter && kernel.from != other.from &&
                          at::isin(kernel.map.inputs, other.map.inputs).any().item<bool>();
      check(!shared, ErrorCode::config,
            "weights cannot be normalised where units are added up: " +
                name_of(network, kernel.from) + " and " + name_of(network, other.from) +
                " arrive at the same inputs of layer '" + kernel.layer + "'",
            "leave normalize_weights out");
    }
  }
}

void normalize(const UnitNetwork& network, std::vector<Tensor>& taps) {
  check_plain(network);
  for (const int64_t group : in_order(network)) {
    Tensor squares;
    bool is_read = false;
    for (size_t i = 0; i < taps.size(); ++i) {
      is_read = is_read || network.kernels[i].from == group;
      if (network.kernels[i].to != group) continue;
      const Tensor own = taps[i].square().sum({1, 2});
      squares = squares.defined() ? squares + own : own;
    }
    if (!squares.defined() || !is_read) continue;
    const Tensor alive = squares > 0;
    const Tensor one = torch::ones_like(squares);
    const Tensor norm = torch::where(alive, torch::where(alive, squares, one).sqrt(), one);
    for (size_t i = 0; i < taps.size(); ++i) {
      if (network.kernels[i].to == group) taps[i] = taps[i] / norm.view({-1, 1, 1});
      if (network.kernels[i].from == group) taps[i] = taps[i] * norm.view({1, -1, 1});
    }
  }
}

}  // namespace

std::vector<Tensor> unit_edges(const UnitNetwork& network, const GraphChoice& choice) {
  std::vector<Tensor> edges;
  for (const UnitKernel& kernel : network.kernels) {
    edges.push_back(folded(kernel, choice.fold_batch_norm));
  }
  if (choice.normalize_weights) normalize(network, edges);
  for (size_t i = 0; i < edges.size(); ++i) {
    edges[i] = norm_of(edges[i], network.kernels[i], choice.norm);
    if (!choice.divide_by_mean) continue;
    const Tensor mean = edges[i].mean();
    edges[i] = edges[i] / torch::where(mean > 0, mean, torch::ones_like(mean));
  }
  return edges;
}

UnitGraph unit_graph(const UnitNetwork& network, const GraphChoice& choice) {
  const torch::NoGradGuard no_grad;
  UnitGraph graph{network.groups, {}};
  const std::vector<Tensor> edges = unit_edges(network, choice);
  for (size_t i = 0; i < edges.size(); ++i) {
    const UnitKernel& kernel = network.kernels[i];
    const Tensor weights = edges[i].cpu().contiguous();
    check(torch::isfinite(weights).all().item<bool>(), ErrorCode::data,
          "parameter '" + kernel.parameter +
              "' or the normalisation around it gives edges that are not finite");
    graph.blocks.push_back({kernel.from, kernel.to, weights});
  }
  return graph;
}

}  // namespace v1
}  // namespace modhost
