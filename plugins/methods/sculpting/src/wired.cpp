#include "wired.h"

#include <modhost/error.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Within a layer, or from the answers back into the network (a decoder reads what it put out).
bool recurrent(const UnitNetwork& network, const UnitKernel& kernel) {
  return kernel.from == kernel.to || kernel.from + 1 == static_cast<int64_t>(network.groups.size());
}

// Positions of the groups, each after all that feed it, otherwise in the network's order.
class Order {
 public:
  explicit Order(const UnitNetwork& network)
      : network_(network), placed_(network.groups.size(), 0) {
    while (order_.size() < placed_.size()) {
      size_t next = 0;
      while (next < placed_.size() && (placed_[next] != 0 || waits_for(next))) ++next;
      if (next == placed_.size()) {
        throw Error(
            ErrorCode::config,
            "layers of the network feed each other in a circle, so they have no order: " + circle(),
            "leave some out by --method.layers, or take sums of layers apart by "
            "--method.sums false");
      }
      placed_[next] = 1;
      order_.push_back(next);
    }
  }
  const std::vector<size_t>& groups() const { return order_; }

 private:
  // A group that feeds this one and has no place yet.
  std::optional<size_t> waits_for(size_t group) const {
    for (const UnitKernel& kernel : network_.kernels) {
      const auto from = static_cast<size_t>(kernel.from);
      if (kernel.to == static_cast<int64_t>(group) && placed_[from] == 0 &&
          !recurrent(network_, kernel)) {
        return from;
      }
    }
    return std::nullopt;
  }

  // "a -> b -> a", along edges.
  std::string circle() const {
    size_t group = 0;
    while (placed_[group] != 0) ++group;
    std::vector<size_t> back;
    while (std::find(back.begin(), back.end(), group) == back.end()) {
      back.push_back(group);
      group = *waits_for(group);
    }
    back.erase(back.begin(), std::find(back.begin(), back.end(), group));
    std::vector<std::string> names = {"'" + network_.groups[group].name + "'"};
    for (const size_t before : back) {
      names.insert(names.begin() + 1, "'" + network_.groups[before].name + "'");
    }
    return join(names, " -> ");
  }

  const UnitNetwork& network_;
  std::vector<char> placed_;
  std::vector<size_t> order_;
};

std::vector<double> strengths(const UnitKernel& kernel, double threshold) {
  const Tensor sizes = kernel.weights.abs().to(torch::kDouble);
  check(sizes.isfinite().all().item<bool>(), ErrorCode::data,
        "weights of '" + kernel.parameter + "' are not finite");
  const Tensor sums = sizes.masked_fill(sizes <= threshold, 0).sum(-1).contiguous();
  return {sums.data_ptr<double>(), sums.data_ptr<double>() + sums.numel()};
}

// Does a unit of `layer` have an edge to a living one, on the side that `from` names?
bool connected(const Wired& wired, const Alive& alive, size_t layer, size_t unit, bool outgoing) {
  for (const Edges& edges : wired.edges) {
    if ((outgoing ? edges.from : edges.to) != layer) continue;
    const size_t other = outgoing ? edges.to : edges.from;
    const size_t width = wired.units(edges.from);
    for (size_t i = 0; i < wired.units(other); ++i) {
      const size_t at = outgoing ? i * width + unit : unit * width + i;
      if (edges.strength[at] > 0 && alive[other][i] != 0) return true;
    }
  }
  return false;
}

}  // namespace

bool Wired::has_edges_into(size_t layer) const {
  return std::any_of(edges.begin(), edges.end(),
                     [layer](const Edges& one) { return one.to == layer; });
}

bool Wired::has_edges_out_of(size_t layer) const {
  return std::any_of(edges.begin(), edges.end(),
                     [layer](const Edges& one) { return one.from == layer; });
}

Wired wired(const UnitNetwork& network, double threshold) {
  return wired(network, std::vector<double>(network.kernels.size(), threshold));
}

Wired wired(const UnitNetwork& network, const std::vector<double>& thresholds) {
  const Order found(network);
  const std::vector<size_t>& order = found.groups();
  std::vector<size_t> place(order.size());
  Wired out;
  for (size_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    out.layers.push_back(network.groups[order[i]]);
  }
  std::map<std::pair<size_t, size_t>, size_t> known;
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    const UnitKernel& kernel = network.kernels[i];
    if (recurrent(network, kernel)) continue;
    const size_t from = place[static_cast<size_t>(kernel.from)];
    const size_t to = place[static_cast<size_t>(kernel.to)];
    std::vector<double> strength = strengths(kernel, thresholds[i]);
    const auto [found, added] = known.insert({{from, to}, out.edges.size()});
    if (added) {
      out.edges.push_back({from, to, std::move(strength)});
      continue;
    }
    std::vector<double>& sum = out.edges[found->second].strength;
    for (size_t at = 0; at < sum.size(); ++at) sum[at] += strength[at];
  }
  return out;
}

Alive alive_units(const Wired& wired) {
  Alive alive;
  for (const UnitGroup& layer : wired.layers) {
    alive.emplace_back(static_cast<size_t>(layer.units), 1);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t layer = 0; layer < alive.size(); ++layer) {
      if (!wired.has_edges_out_of(layer)) continue;  // outputs stay
      const bool inputs = !wired.has_edges_into(layer);
      for (size_t unit = 0; unit < alive[layer].size(); ++unit) {
        if (alive[layer][unit] == 0) continue;
        if (connected(wired, alive, layer, unit, /*outgoing=*/true) &&
            (inputs || connected(wired, alive, layer, unit, /*outgoing=*/false))) {
          continue;
        }
        alive[layer][unit] = 0;
        changed = true;
      }
    }
  }
  return alive;
}

Wired condensed(const Wired& wired, const Alive& alive) {
  Wired out;
  for (size_t layer = 0; layer < wired.layers.size(); ++layer) {
    const auto count = std::count(alive[layer].begin(), alive[layer].end(), 1);
    out.layers.push_back({wired.layers[layer].name, static_cast<int64_t>(count)});
  }
  for (const Edges& edges : wired.edges) {
    Edges kept{edges.from, edges.to, {}};
    for (size_t to = 0; to < wired.units(edges.to); ++to) {
      for (size_t from = 0; from < wired.units(edges.from); ++from) {
        if (alive[edges.to][to] == 0 || alive[edges.from][from] == 0) continue;
        kept.strength.push_back(edges.strength[to * wired.units(edges.from) + from]);
      }
    }
    out.edges.push_back(std::move(kept));
  }
  return out;
}

}  // namespace modhost_sculpting
