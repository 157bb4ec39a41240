#include "modhost/unit_network.h"

#include <algorithm>
#include <map>
#include <set>

#include "modhost/error.h"
#include "modhost/mask.h"
#include "modhost/nn_norm.h"
#include "unit_scales.h"
#include "unit_sources.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr int64_t kMostTaps = int64_t{1} << 31;  // of one kernel

// The network with every group, and which of the groups are what.
class Builder {
 public:
  Builder(const ModelBase& model, bool sums)
      : model_(model), sources_(model), sums_(sources_.sums()), scales_(model, sources_, sums_) {
    if (!sums) {
      for (size_t node = 0; node < sums_.size(); ++node) sums_[node] = node;
    }
    add_groups();
    for (size_t slot = 0; slot < model.layers().size(); ++slot) {
      add_kernels(slot);
      add_norm(slot);
    }
  }

  UnitNetwork network;
  std::vector<bool> convolutional;  // of each kernel

 private:
  std::string writer_name(const detail::UnitNode& node) const {
    if (node.slot < 0) return "input";
    const std::string& layer = model_.layers()[static_cast<size_t>(node.slot)].name;
    return node.group == "out" ? layer : layer + "." + node.group;
  }

  void add_groups() {
    group_of_.resize(sums_.size());
    for (size_t node = 0; node < sums_.size(); ++node) {
      const detail::UnitNode& own = sources_.nodes()[node];
      if (sums_[node] == node) {
        group_of_[node] = static_cast<int64_t>(network.groups.size());
        network.groups.push_back({writer_name(own), own.units});
        network.writers.emplace_back();
        network.norms.emplace_back();
      }
      group_of_[node] = group_of_[sums_[node]];
      const auto slot = static_cast<size_t>(own.slot);
      const std::string layer = own.slot < 0 ? "" : model_.layers()[slot].name;
      network.writers[static_cast<size_t>(group_of_[node])].push_back({layer, own.group});
    }
  }

  // Links of units of the same group that arrive alike are one.
  std::vector<const detail::UnitLink*> distinct_links(size_t slot) const {
    std::vector<const detail::UnitLink*> out;
    std::set<std::pair<int64_t, joint::Pairs>> seen;
    for (const detail::UnitLink& link : sources_.links(slot)) {
      joint::Pairs pairs = link.pairs;
      std::sort(pairs.begin(), pairs.end());
      if (seen.emplace(group_of_[link.node], std::move(pairs)).second) out.push_back(&link);
    }
    return out;
  }

  void add_kernels(size_t slot) {
    const Layer& layer = *model_.layers()[slot].layer;
    if (detail::only_scales(layer)) return;
    for (const Wiring& wiring : layer.wiring()) {
      if (wiring.in_dim == Wiring::kNone || wiring.in_dim == wiring.out_dim) continue;
      if (wiring.reads != "in") {
        const size_t node = sources_.node_of(slot, wiring.reads);
        const Tensor inputs = torch::arange(layer.units(wiring.reads)).unsqueeze(1);
        add(slot, wiring, node, inputs, {});
        const int giver = sources_.state_giver(slot);
        if (giver < 0 || wiring.reads != wiring.feeds) continue;
        add(slot, wiring, sources_.node_of(static_cast<size_t>(giver), wiring.reads), inputs, {});
        continue;
      }
      for (const detail::UnitLink* link : distinct_links(slot)) {
        const Tensor inputs = places(*link, sources_.nodes()[link->node].units);
        add(slot, wiring, link->node, inputs, scales_.of_link(*link, inputs));
      }
    }
  }

  void add_norm(size_t slot) {
    const auto& [name, layer] = model_.layers()[slot];
    const bool each_alone = dynamic_cast<const nn::BatchNormLayer*>(layer.get()) != nullptr;
    if (!detail::only_scales(*layer) || each_alone) return;
    std::set<int64_t> groups;
    for (const detail::UnitLink& link : sources_.links(slot)) groups.insert(group_of_[link.node]);
    for (const int64_t group : groups) network.norms[static_cast<size_t>(group)].push_back(name);
  }

  // [units, places]: TapMap::inputs.
  static Tensor places(const detail::UnitLink& link, int64_t units) {
    std::vector<std::set<int64_t>> of_unit(static_cast<size_t>(units));
    size_t most = 1;
    for (const auto& [unit, input] : link.pairs) {
      auto& own = of_unit[static_cast<size_t>(unit)];
      own.insert(input);
      most = std::max(most, own.size());
    }
    Tensor out = torch::full({units, static_cast<int64_t>(most)}, -1, torch::kLong);
    auto* row = out.data_ptr<int64_t>();
    for (const auto& own : of_unit) {
      std::copy(own.begin(), own.end(), row);
      row += most;
    }
    return out;
  }

  void add(size_t slot, const Wiring& wiring, size_t from, const Tensor& inputs,
           std::vector<UnitScale> scales) {
    const auto& [name, layer] = model_.layers()[slot];
    const size_t fed = sources_.node_of(slot, wiring.feeds);
    UnitKernel kernel;
    kernel.from = group_of_[from];
    kernel.to = group_of_[fed];
    kernel.layer = name;
    kernel.parameter = wiring.parameter.name();
    kernel.map = {wiring.out_dim,
                  wiring.in_dim,
                  wiring.groups,
                  layer->units(wiring.feeds),
                  layer->units(wiring.reads),
                  inputs};
    const Tensor& weight = wiring.parameter.tensor();
    std::vector<int64_t> taps;
    for (int64_t dim = 0; dim < weight.dim(); ++dim) {
      if (dim != wiring.out_dim && dim != wiring.in_dim) taps.push_back(weight.size(dim));
    }
    if (taps.size() == 1) kernel.rows = taps[0];
    if (taps.size() > 1) kernel.rows = taps[taps.size() - 2], kernel.columns = taps.back();
    kernel.scales = std::move(scales);
    for (UnitScale& scale : scales_.of_writer(fed)) kernel.scales.push_back(std::move(scale));
    network.kernels.push_back(std::move(kernel));
    convolutional.push_back(!taps.empty());
  }

  const ModelBase& model_;
  detail::UnitSources sources_;
  std::vector<size_t> sums_;
  detail::UnitScales scales_;
  std::vector<int64_t> group_of_;  // of each node
};

// Each input of the layer counts as often as a unit arrives there.
void check_size(const UnitKernel& kernel, int64_t entries) {
  const TapMap& map = kernel.map;
  const double taps = static_cast<double>(entries) / static_cast<double>(map.in_units) *
                      static_cast<double>(map.groups * map.inputs.numel());
  check(taps < static_cast<double>(kMostTaps), ErrorCode::config,
        "layer '" + kernel.layer + "' reads each of its units at " +
            std::to_string(map.inputs.size(1)) + " places; a graph of its " +
            std::to_string(static_cast<int64_t>(taps)) + " weights is more than the " +
            std::to_string(kMostTaps) + " that fit",
        "leave the layer out of the choice of units");
}

void take_weights(UnitKernel& kernel, const ModelBase& model) {
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name() != kernel.parameter) continue;
    check_size(kernel, parameter.tensor().numel());
    kernel.weights = taps_of(kernel, parameter.tensor().detach()).cpu().clone();
    return;
  }
}

using Kept = std::vector<bool>;  // by group

// Groups that no other one reads; where a network feeds its answers back, the last one.
Kept outputs_of(const UnitNetwork& network) {
  Kept last(network.groups.size(), true);
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.from != kernel.to) last[static_cast<size_t>(kernel.from)] = false;
  }
  for (size_t i = 0; i < last.size(); ++i) {
    if (network.writers[i].front().layer.empty()) last[i] = false;
  }
  const bool none = std::none_of(last.begin(), last.end(), [](bool yes) { return yes; });
  if (none && !last.empty()) last.back() = true;
  return last;
}

bool is_input(const UnitNetwork& network, size_t group) {
  return network.groups[group].name == "input" && network.writers[group].front().layer.empty();
}

// Fed by convolutions.
Kept channels(const Builder& built) {
  Kept kept(built.network.groups.size(), false);
  for (size_t i = 0; i < built.network.kernels.size(); ++i) {
    if (built.convolutional[i]) kept[static_cast<size_t>(built.network.kernels[i].to)] = true;
  }
  return kept;
}

bool convolutions_follow(const Builder& built) {
  const Kept kept = channels(built);
  for (size_t i = 0; i < built.network.kernels.size(); ++i) {
    const auto from = static_cast<size_t>(built.network.kernels[i].from);
    if (built.convolutional[i] && kept[from]) return true;
  }
  return false;
}

Kept named(const UnitNetwork& network, const std::vector<std::string>& globs) {
  Kept kept(network.groups.size(), false);
  std::vector<std::string> known;
  for (const UnitGroup& group : network.groups) known.push_back(group.name);
  for (const std::string& glob : globs) {
    bool fits = false;
    for (size_t i = 0; i < kept.size(); ++i) {
      bool own = glob_match(glob, network.groups[i].name);
      for (const UnitWriter& writer : network.writers[i]) {
        own = own || (!writer.layer.empty() && glob_match(glob, writer.layer));
      }
      fits = fits || own;
      kept[i] = kept[i] || own;
    }
    check(fits, ErrorCode::config,
          "no layer with units is called '" + glob + "'; there is " + join(known),
          did_you_mean(glob, known));
  }
  return kept;
}

Kept chosen(const Builder& built, UnitKinds kinds, const UnitChoice& choice) {
  const UnitNetwork& network = built.network;
  Kept kept(network.groups.size(), true);
  if (kinds == UnitKinds::convolutions) kept = channels(built);
  if (kinds == UnitKinds::named) kept = named(network, choice.layers);
  const Kept outputs = outputs_of(network);
  for (size_t i = 0; i < kept.size(); ++i) {
    if (choice.inputs && is_input(network, i)) kept[i] = *choice.inputs;
    if (choice.outputs && outputs[i]) kept[i] = *choice.outputs;
  }
  return kept;
}

// Only those kernels, and the groups at their ends.
UnitNetwork reduced(const UnitNetwork& network, const Kept& kernels) {
  UnitNetwork out;
  std::vector<int64_t> place(network.groups.size(), -1);
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (!kernels[i]) continue;
    for (const int64_t end : {network.kernels[i].from, network.kernels[i].to}) {
      place[static_cast<size_t>(end)] = 0;
    }
  }
  for (size_t i = 0; i < place.size(); ++i) {
    if (place[i] < 0) continue;
    place[i] = static_cast<int64_t>(out.groups.size());
    out.groups.push_back(network.groups[i]);
    out.writers.push_back(network.writers[i]);
    out.norms.push_back(network.norms[i]);
  }
  for (size_t i = 0; i < kernels.size(); ++i) {
    if (!kernels[i]) continue;
    out.kernels.push_back(network.kernels[i]);
    out.kernels.back().from = place[static_cast<size_t>(network.kernels[i].from)];
    out.kernels.back().to = place[static_cast<size_t>(network.kernels[i].to)];
  }
  return out;
}

}  // namespace

bool has_taps(const Layer& layer) {
  return std::any_of(layer.wiring().begin(), layer.wiring().end(), [](const Wiring& wiring) {
    return wiring.in_dim != Wiring::kNone && wiring.parameter.tensor().dim() > 2;
  });
}

UnitNetwork unit_network(const ModelBase& model, const UnitChoice& choice) {
  const Builder built(model, choice.sums);
  UnitKinds kinds = choice.kinds;
  if (kinds == UnitKinds::automatic) {
    kinds = convolutions_follow(built) ? UnitKinds::convolutions : UnitKinds::all;
  }
  const Kept kept = chosen(built, kinds, choice);
  Kept kernels;
  for (size_t i = 0; i < built.network.kernels.size(); ++i) {
    const UnitKernel& kernel = built.network.kernels[i];
    const bool dense = kinds == UnitKinds::convolutions && !built.convolutional[i] &&
                       !choice.outputs.value_or(false);
    kernels.push_back(!dense && kept[static_cast<size_t>(kernel.from)] &&
                      kept[static_cast<size_t>(kernel.to)]);
  }
  UnitNetwork out = reduced(built.network, kernels);
  for (UnitKernel& kernel : out.kernels) take_weights(kernel, model);
  if (!out.kernels.empty()) return out;
  std::vector<std::string> known;
  for (const UnitGroup& group : built.network.groups) known.push_back(group.name);
  throw Error(ErrorCode::config,
              built.network.kernels.empty()
                  ? "the model has no weights between units that it tells of"
                  : "no weights lie between the chosen groups of units; there is " + join(known));
}

}  // namespace v1
}  // namespace modhost
