#include "smaller.h"

#include <algorithm>
#include <map>
#include <set>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Keep = std::vector<char>;  // of the indices along a dimension

Tensor chosen(const Tensor& tensor, int dim, const Keep& keep) {
  std::vector<int64_t> left;
  for (size_t i = 0; i < keep.size(); ++i) {
    if (keep[i] != 0) left.push_back(static_cast<int64_t>(i));
  }
  return tensor.index_select(dim, torch::tensor(left, torch::kLong));
}

// Index along `dim` of entry number `entry` of a tensor of this shape.
int64_t index_along(at::IntArrayRef shape, int dim, int64_t entry) {
  for (int64_t d = static_cast<int64_t>(shape.size()) - 1; d > dim; --d) entry /= shape[d];
  return entry % shape[dim];
}

struct Sides {
  int out_dim = 0, in_dim = 1;
  Keep out, in;
};

// Groups that stay whole: inputs and outputs; units of which a normalisation takes means, where
// even a silent one counts; those of layers with units inside (heads, recurrent layers above each
// other), whose numbers depend on each other; and units that are read with the weights of others.
std::vector<bool> whole_groups(const Cutter& cutter) {
  const UnitNetwork& network = cutter.network();
  std::set<std::string> nested;  // layers with units inside
  for (const auto& writers : network.writers) {
    for (const UnitWriter& writer : writers) {
      if (writer.group != "out") nested.insert(writer.layer);
    }
  }
  std::vector<bool> out;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    const auto& writers = network.writers[group];
    const bool depends = std::any_of(writers.begin(), writers.end(), [&](const auto& writer) {
      return nested.count(writer.layer) > 0;
    });
    out.push_back(!cutter.is_hidden(group) || !network.norms[group].empty() || depends);
  }
  const std::vector<bool> shared = shared_kernels(network, cutter.entries());
  for (size_t i = 0; i < shared.size(); ++i) {
    if (shared[i]) out[static_cast<size_t>(network.kernels[i].from)] = true;
  }
  return out;
}

// Of each kernel's parameter, what is left of both sides.
std::map<std::string, Sides> sides_of(const Cutter& cutter, const std::vector<Keep>& alive) {
  std::map<std::string, Sides> out;
  const UnitNetwork& network = cutter.network();
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    const UnitKernel& kernel = network.kernels[i];
    const EntryUnits& units = cutter.entries()[i];
    const auto shape = units.to.sizes();
    Sides& own = out[kernel.parameter];
    own.out_dim = kernel.map.out_dim;
    own.in_dim = kernel.map.in_dim;
    own.out.resize(static_cast<size_t>(shape[own.out_dim]), 1);
    own.in.resize(static_cast<size_t>(shape[own.in_dim]), 1);
    // Where weights are shared the units that they read are whole: the first tells enough.
    const Tensor to = units.to.contiguous(), from = units.from.front().contiguous();
    for (int64_t entry = 0; entry < to.numel(); ++entry) {
      const int64_t unit_to = to.data_ptr<int64_t>()[entry];
      const int64_t unit_from = from.data_ptr<int64_t>()[entry];
      if (unit_to < 0) continue;
      if (alive[static_cast<size_t>(kernel.to)][static_cast<size_t>(unit_to)] == 0) {
        own.out[static_cast<size_t>(index_along(shape, own.out_dim, entry))] = 0;
      }
      if (alive[static_cast<size_t>(kernel.from)][static_cast<size_t>(unit_from)] == 0) {
        own.in[static_cast<size_t>(index_along(shape, own.in_dim, entry))] = 0;
      }
    }
  }
  return out;
}

// Of each batch normalisation that belongs to units, what is left of its channels.
std::map<std::string, Keep> channels_of(const Cutter& cutter, const std::vector<Keep>& alive) {
  std::map<std::string, Keep> out;  // by layer
  for (const UnitKernel& kernel : cutter.network().kernels) {
    for (const UnitScale& scale : kernel.scales) {
      const size_t group = static_cast<size_t>(scale.direct ? kernel.to : kernel.from);
      const Tensor channels = scale.channels.contiguous();
      const int64_t places = channels.numel() / static_cast<int64_t>(alive[group].size());
      Keep& own = out[scale.layer];
      own.resize(static_cast<size_t>(scale.gamma.size(0)), 1);
      for (int64_t i = 0; i < channels.numel(); ++i) {
        const int64_t channel = channels.data_ptr<int64_t>()[i];
        if (channel >= 0 && alive[group][static_cast<size_t>(i / places)] == 0) {
          own[static_cast<size_t>(channel)] = 0;
        }
      }
    }
  }
  return out;
}

// The network without what unfed units give to others: the same answers, if they give nothing.
Networks without(const Cutter& cutter, const Networks& networks, int64_t position,
                 const std::vector<Keep>& alive) {
  Networks out = networks.at({position});
  for (const auto& [name, sides] : sides_of(cutter, alive)) {
    for (auto& [own, tensor] : out.values) {
      if (own != name) continue;
      std::vector<int64_t> shape(static_cast<size_t>(tensor.dim()), 1);
      shape[static_cast<size_t>(sides.in_dim + 1)] = static_cast<int64_t>(sides.in.size());
      const std::vector<int64_t> keep(sides.in.begin(), sides.in.end());
      tensor = tensor * torch::tensor(keep).view(shape).to(tensor.scalar_type());
    }
  }
  return out;
}

std::string layer_of(const std::string& name) {
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

// Does a layer put out, or normalise, units of groups that are whole, and no others?
bool all_whole(const UnitNetwork& network, const std::vector<bool>& whole,
               const std::string& layer) {
  bool found = false;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    const auto& writers = network.writers[group];
    const auto& norms = network.norms[group];
    const bool own = std::any_of(writers.begin(), writers.end(),
                                 [&](const auto& writer) { return writer.layer == layer; }) ||
                     std::find(norms.begin(), norms.end(), layer) != norms.end();
    if (own && !whole[group]) return false;
    found = found || own;
  }
  return found;
}

}  // namespace

std::optional<Smaller> smaller(const Cutter& cutter, const Retrainer& judge,
                               const Networks& networks, int64_t position) {
  const Cutter::Links links = cutter.links(networks, position);
  const std::vector<bool> whole = whole_groups(cutter);
  std::vector<Keep> alive = links.read;
  for (size_t group = 0; group < alive.size(); ++group) {
    if (whole[group]) alive[group].assign(alive[group].size(), 1);
  }
  std::vector<Keep> fed = alive;
  for (size_t group = 0; group < alive.size(); ++group) {
    if (whole[group]) continue;
    for (size_t unit = 0; unit < fed[group].size(); ++unit)
      fed[group][unit] &= links.fed[group][unit];
  }
  const std::vector<double> same = judge.losses(networks.at({position}));
  if (judge.losses(without(cutter, networks, position, fed)) == same) alive = fed;

  const auto sides = sides_of(cutter, alive);
  const auto channels = channels_of(cutter, alive);
  std::map<std::string, Keep> rows;  // of biases
  for (const Cutter::Bias& bias : cutter.biases()) {
    const auto found = sides.find(bias.fed_by.front().first);
    if (found != sides.end()) rows[bias.name] = found->second.out;
  }
  Smaller out;
  for (const auto& [name, values] : networks.values) {
    const Tensor own = values[position];
    if (const auto kernel = sides.find(name); kernel != sides.end()) {
      const Sides& of = kernel->second;
      out.state.emplace_back(name, chosen(chosen(own, of.out_dim, of.out), of.in_dim, of.in));
    } else if (const auto bias = rows.find(name); bias != rows.end()) {
      out.state.emplace_back(name, chosen(own, 0, bias->second));
    } else if (const auto scale = channels.find(layer_of(name)); scale != channels.end()) {
      out.state.emplace_back(name, own.dim() == 0 ? own : chosen(own, 0, scale->second));
    } else if (all_whole(cutter.network(), whole, layer_of(name))) {
      out.state.emplace_back(name, own);
    } else {
      return std::nullopt;
    }
  }
  for (size_t group = 0; group < alive.size(); ++group) {
    if (!cutter.is_hidden(group)) continue;
    out.units.emplace_back(cutter.network().groups[group].name,
                           std::count(alive[group].begin(), alive[group].end(), 1));
  }
  return out;
}

}  // namespace modhost_sculpting
