#include "unit_sources.h"

#include <algorithm>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

bool scales(const Wiring& wiring) { return wiring.in_dim == wiring.out_dim; }

bool connects(const Wiring& wiring) { return wiring.in_dim != Wiring::kNone && !scales(wiring); }

std::set<std::string> recurrent_groups(const Layer& layer) {
  std::set<std::string> out;
  for (const Wiring& wiring : layer.wiring()) {
    if (connects(wiring) && wiring.reads == wiring.feeds) out.insert(wiring.feeds);
  }
  return out;
}

// What such a layer reads is not a sum: an attention's queries and keys may come from elsewhere.
bool reads_apart(const Layer& layer) {
  const std::set<std::string> recurrent = recurrent_groups(layer);
  return std::any_of(layer.wiring().begin(), layer.wiring().end(), [&](const Wiring& wiring) {
    return connects(wiring) && wiring.reads == "in" && wiring.feeds != "out" &&
           recurrent.count(wiring.feeds) == 0;
  });
}

size_t root(const std::vector<size_t>& parents, size_t node) {
  while (parents[node] != node) node = parents[node];
  return node;
}

joint::Pairs sorted(joint::Pairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

// Does each input get one unit? Otherwise all that is known is that everything reaches everything.
bool in_places(const joint::Pairs& pairs) {
  std::set<int64_t> inputs;
  for (const auto& [unit, input] : pairs) {
    if (!inputs.insert(input).second) return false;
  }
  return true;
}

}  // namespace

bool only_scales(const Layer& layer) {
  if (layer.units_out() == 0 || layer.units_in() != layer.units_out()) return false;
  const auto& wiring = layer.wiring();
  return !wiring.empty() && std::none_of(wiring.begin(), wiring.end(), connects);
}

UnitSources::UnitSources(const ModelBase& model)
    : model_(model), links_(model.layers().size()), resolved_(model.layers().size(), false) {
  for (size_t slot = 0; slot < model.layers().size(); ++slot) {
    slots_[model.layers()[slot].name] = slot;
  }
  add_nodes();
  for (size_t slot = 0; slot < links_.size(); ++slot) {
    std::set<size_t> in_progress;
    resolve(slot, in_progress);
  }
}

// Input nodes first: they are found from the joints, channels of an image before its pixels.
void UnitSources::add_nodes() {
  std::vector<const joint::Pairs*> inputs;
  for (const Joint& joint : model_.joints()) {
    if (joint.from.empty()) inputs.push_back(&joint.pairs);
  }
  for (const joint::Pairs* pairs : inputs) input_node(*pairs);
  for (size_t slot = 0; slot < model_.layers().size(); ++slot) {
    const Layer& layer = *model_.layers()[slot].layer;
    if (only_scales(layer)) continue;
    std::set<std::string> fed;
    for (const Wiring& wiring : layer.wiring()) {
      if (!connects(wiring)) continue;
      fed.insert(wiring.feeds);
      fed.insert(wiring.reads);
    }
    fed.erase("in");
    fed.erase("out");
    for (const std::string& group : fed) {
      nodes_.push_back({static_cast<int>(slot), group, layer.units(group)});
    }
    if (layer.units_out() > 0) nodes_.push_back({static_cast<int>(slot), "out", layer.units_out()});
  }
}

// A model of images may say for one layer how channels arrive and for another how pixels do.
size_t UnitSources::input_node(const joint::Pairs& pairs) {
  int64_t units = 0;
  for (const auto& [unit, input] : pairs) units = std::max(units, unit + 1);
  const Signature& signature = model_.signature();
  const bool image = signature.input == Input::image || signature.input == Input::panels;
  const int64_t channels = image ? signature.input_shape.front() : 0;
  for (size_t node = 0; node < nodes_.size() && nodes_[node].slot < 0; ++node) {
    if (image && (nodes_[node].units > channels) != (units > channels)) continue;
    nodes_[node].units = std::max(nodes_[node].units, units);
    return node;
  }
  nodes_.push_back({-1, "out", units});
  return nodes_.size() - 1;
}

size_t UnitSources::node_of(size_t slot, const std::string& group) const {
  for (size_t node = 0; node < nodes_.size(); ++node) {
    if (nodes_[node].slot == static_cast<int>(slot) && nodes_[node].group == group) return node;
  }
  throw Error(ErrorCode::internal, "layer '" + model_.layers()[slot].name + "' (" +
                                       model_.layers()[slot].layer->kind() +
                                       ") feeds no units called '" + group + "'");
}

// One link for each node and way.
void UnitSources::add_link(std::vector<UnitLink>& links, UnitLink link) const {
  for (UnitLink& there : links) {
    if (there.node != link.node || there.scales != link.scales) continue;
    there.pairs.insert(there.pairs.end(), link.pairs.begin(), link.pairs.end());
    there.channels.insert(there.channels.end(), link.channels.begin(), link.channels.end());
    return;
  }
  links.push_back(std::move(link));
}

// What arrives at a scale goes on from its output.
void UnitSources::resolve(size_t slot, std::set<size_t>& in_progress) {
  if (resolved_[slot] || !in_progress.insert(slot).second) return;
  std::vector<UnitLink> links;
  for (const Joint& joint : model_.joints()) {
    if (joint.to != model_.layers()[slot].name) continue;
    if (joint.from.empty()) {
      add_link(links, {input_node(joint.pairs),
                       {},
                       joint.pairs,
                       std::vector<std::vector<int64_t>>(joint.pairs.size())});
      continue;
    }
    const auto found = slots_.find(joint.from);
    if (found == slots_.end()) continue;
    const size_t from = found->second;
    if (!only_scales(*model_.layers()[from].layer)) {
      if (model_.layers()[from].layer->units_out() == 0) continue;
      add_link(links, {node_of(from, "out"),
                       {},
                       joint.pairs,
                       std::vector<std::vector<int64_t>>(joint.pairs.size())});
      continue;
    }
    resolve(from, in_progress);
    std::multimap<int64_t, int64_t> onwards(joint.pairs.begin(), joint.pairs.end());
    for (const UnitLink& before : links_[from]) {
      UnitLink link{before.node, before.scales, {}, {}};
      link.scales.push_back(from);
      for (size_t i = 0; i < before.pairs.size(); ++i) {
        const auto [unit, channel] = before.pairs[i];
        const auto range = onwards.equal_range(channel);
        for (auto next = range.first; next != range.second; ++next) {
          link.pairs.emplace_back(unit, next->second);
          link.channels.push_back(before.channels[i]);
          link.channels.back().push_back(channel);
        }
      }
      if (!link.pairs.empty()) add_link(links, std::move(link));
    }
  }
  links_[slot] = std::move(links);
  resolved_[slot] = true;
}

int UnitSources::state_giver(size_t slot) const {
  const std::set<std::string> own = recurrent_groups(*model_.layers()[slot].layer);
  if (own.empty()) return -1;
  std::set<size_t> read;
  for (const auto& links : links_) {
    for (const UnitLink& link : links) read.insert(link.node);
  }
  for (size_t before = slot; before-- > 0;) {
    const Layer& layer = *model_.layers()[before].layer;
    if (recurrent_groups(layer) != own || read.count(node_of(before, "out")) > 0) continue;
    const bool same = std::all_of(own.begin(), own.end(), [&](const std::string& group) {
      return layer.units(group) == model_.layers()[slot].layer->units(group);
    });
    if (same) return static_cast<int>(before);
  }
  return -1;
}

std::vector<size_t> UnitSources::sums() const {
  std::vector<size_t> parents(nodes_.size());
  for (size_t node = 0; node < parents.size(); ++node) parents[node] = node;
  for (size_t slot = 0; slot < links_.size(); ++slot) {
    if (reads_apart(*model_.layers()[slot].layer)) continue;
    std::map<joint::Pairs, size_t> arrived;  // the first node of those that arrive alike
    for (const UnitLink& link : links_[slot]) {
      if (nodes_[link.node].slot < 0 || !in_places(link.pairs)) continue;
      const auto [first, fresh] = arrived.emplace(sorted(link.pairs), link.node);
      const size_t a = root(parents, first->second), b = root(parents, link.node);
      if (fresh || nodes_[a].units != nodes_[b].units) continue;
      parents[std::max(a, b)] = std::min(a, b);
    }
  }
  for (size_t node = 0; node < parents.size(); ++node) parents[node] = root(parents, node);
  return parents;
}

bool UnitSources::follows(size_t scale, size_t& node) const {
  const std::vector<UnitLink>& own = links_[scale];
  if (own.size() != 1 || nodes_[own.front().node].slot < 0) return false;
  std::set<int64_t> units;
  for (const auto& [unit, channel] : own.front().pairs) {
    if (!units.insert(unit).second) return false;
  }
  node = own.front().node;
  if (static_cast<int64_t>(units.size()) != nodes_[node].units) return false;
  for (size_t slot = 0; slot < links_.size(); ++slot) {
    if (only_scales(*model_.layers()[slot].layer)) continue;
    for (const UnitLink& link : links_[slot]) {
      const auto& way = link.scales;
      if (link.node == node && std::find(way.begin(), way.end(), scale) == way.end()) return false;
    }
  }
  return true;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
