#include "truth.h"

#include <modhost/clustering.h>

#include <algorithm>
#include <map>
#include <set>

#include "module_graph.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

Agreement agreement(const std::vector<int64_t>& found, const std::vector<int64_t>& truth) {
  return {same_groups(found, truth), adjusted_rand_index(found, truth),
          normalized_mutual_information(found, truth)};
}

std::vector<int64_t> of_live(const std::vector<int64_t>& all, const std::vector<char>& alive) {
  std::vector<int64_t> out;
  for (size_t i = 0; i < all.size(); ++i) {
    if (alive[i] != 0) out.push_back(all[i]);
  }
  return out;
}

// From the inputs forward, or from the outputs back.
ReachingGroups spread(const Wired& live, const std::vector<int64_t>& ends, bool forward) {
  ReachingGroups out;
  for (size_t layer = 0; layer < live.layers.size(); ++layer) out.emplace_back(live.units(layer));
  auto& first = forward ? out.front() : out.back();
  for (size_t unit = 0; unit < ends.size(); ++unit) first[unit].insert(ends[unit]);
  // Edges lead forward, so each layer is complete before it is read.
  for (size_t step = 0; step < live.layers.size(); ++step) {
    const size_t layer = forward ? step : live.layers.size() - 1 - step;
    for (const Edges& edges : live.edges) {
      if ((forward ? edges.from : edges.to) != layer) continue;
      const size_t width = live.units(edges.from);
      for (size_t i = 0; i < edges.strength.size(); ++i) {
        if (edges.strength[i] <= 0) continue;
        auto &from = out[edges.from][i % width], &to = out[edges.to][i / width];
        if (forward) {
          to.insert(from.begin(), from.end());
        } else {
          from.insert(to.begin(), to.end());
        }
      }
    }
  }
  return out;
}

LayerTruth of_layer(const Detection& found, const std::vector<int64_t>& modules, size_t layer,
                    const ReachingGroups& from, const ReachingGroups& to) {
  LayerTruth out;
  out.layer = found.live.layers[layer].name;
  out.live = found.live.layers[layer].units;
  out.modules = static_cast<int64_t>(std::set<int64_t>(modules.begin(), modules.end()).size());
  UnitLabels truth;
  for (size_t unit = 0; unit < modules.size(); ++unit) {
    const bool one = from[layer][unit].size() == 1;
    out.from_one_group += one ? 1 : 0;
    out.to_one_group += to[layer][unit].size() == 1 ? 1 : 0;
    truth.push_back(one ? *from[layer][unit].begin() : kNoCluster);
  }
  if (out.from_one_group > 0) {
    out.ari = adjusted_rand_index(modules, truth);
    out.nmi = normalized_mutual_information(modules, truth);
  }
  return out;
}

}  // namespace

bool same_groups(const std::vector<int64_t>& found, const std::vector<int64_t>& truth) {
  std::map<int64_t, int64_t> there, back;
  for (size_t i = 0; i < found.size(); ++i) {
    if (found[i] == kNoCluster || there.emplace(found[i], truth[i]).first->second != truth[i] ||
        back.emplace(truth[i], found[i]).first->second != found[i]) {
      return false;
    }
  }
  return true;
}

ReachingGroups reached_by(const Detection& found, const std::vector<int64_t>& inputs) {
  return spread(found.live, of_live(inputs, found.alive.front()), true);
}

ReachingGroups reaching(const Detection& found, const std::vector<int64_t>& outputs) {
  return spread(found.live, of_live(outputs, found.alive.back()), false);
}

std::optional<TruthScore> against_truth(const Detection& found, const TrueModules& truth) {
  if (found.modules.size() < 2 || found.modules.front().size() != truth.inputs.size() ||
      found.modules.back().size() != truth.outputs.size()) {
    return std::nullopt;
  }
  TruthScore out;
  out.inputs = agreement(found.modules.front(), truth.inputs);
  out.outputs = agreement(found.modules.back(), truth.outputs);
  const ReachingGroups from = reached_by(found, truth.inputs), to = reaching(found, truth.outputs);
  const auto modules = live_modules(found);
  for (size_t layer = 1; layer + 1 < modules.size(); ++layer) {
    out.hidden.push_back(of_layer(found, modules[layer], layer, from, to));
  }
  return out;
}

}  // namespace modhost_sculpting
