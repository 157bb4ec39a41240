#include "unit_sight.h"

#include <modhost/error.h>

#include <algorithm>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The layer that puts the units out is one of convolutions, so channels come first wherever they
// are seen before they are flattened.
bool has_channels(const ModelBase& model, const UnitWriter& writer) {
  return has_taps(layer_named(model, writer.layer));
}

// [units, places], or undefined when unit u is entry u.
Tensor entries_of(const Tensor& inputs) {
  if (!inputs.defined()) return {};
  const Tensor entries = inputs.dim() == 1 ? inputs.unsqueeze(1) : inputs;
  const Tensor same = torch::arange(entries.size(0)).unsqueeze(1);
  return entries.size(1) == 1 && torch::equal(entries, same) ? Tensor() : entries;
}

// The mean over positions, [rows, units]. Taken at once, and from sums, which keep nothing of what
// they add: models may overwrite it.
Tensor over_positions(const Tensor& value, bool channels) {
  if (value.dim() < 3) return value.clone();
  std::vector<int64_t> dims;
  int64_t count = 1;
  for (int64_t dim = channels ? 2 : 1; dim < value.dim() - (channels ? 0 : 1); ++dim) {
    dims.push_back(dim);
    count *= value.size(dim);
  }
  return value.sum(dims) / count;
}

UnitPlace written(const ModelBase& model, const UnitNetwork& network, int64_t group) {
  const UnitWriter& writer = network.writers[static_cast<size_t>(group)].back();
  UnitPlace out;
  out.layer = &layer_named(model, writer.layer);
  out.channels = has_channels(model, writer);
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.to != group) continue;
    for (const UnitScale& scale : kernel.scales) {
      if (!scale.direct) continue;
      out.layer = &layer_named(model, scale.layer);
      out.entries = entries_of(scale.channels);
    }
  }
  return out;
}

UnitPlace read(const ModelBase& model, const UnitNetwork& network, int64_t group) {
  UnitPlace out;
  out.reads = true;
  const bool maps = has_channels(model, network.writers[static_cast<size_t>(group)].back());
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.from != group || kernel.to == group) continue;
    const Layer& reader = layer_named(model, kernel.layer);
    out.layer = &reader;
    out.channels = maps && has_taps(reader);
    out.entries = entries_of(kernel.map.inputs);
    for (const UnitScale& scale : kernel.scales) {
      if (scale.direct) continue;
      out.layer = &layer_named(model, scale.layer);
      out.channels = maps;
      out.entries = entries_of(scale.channels);
      break;
    }
  }
  check(out.layer != nullptr, ErrorCode::internal, "units that nothing reads");
  return out;
}

}  // namespace

UnitPlace place_of(const ModelBase& model, const UnitNetwork& network, int64_t group,
                   Moment moment) {
  const auto at = static_cast<size_t>(group);
  const bool sum = network.writers[at].size() > 1;
  UnitPlace out = moment == Moment::before && !sum ? written(model, network, group)
                                                   : read(model, network, group);
  out.units = network.groups[at].units;
  return out;
}

UnitSight::UnitSight(std::vector<UnitPlace> places, int64_t rows)
    : places_(std::move(places)), rows_(rows), seen_(places_.size()) {}

void UnitSight::saw(const Layer& layer, const std::string& group, const Tensor& value) {
  for (size_t at = 0; at < places_.size(); ++at) {
    const UnitPlace& place = places_[at];
    if (place.layer != &layer || group != (place.reads ? "in" : "out")) continue;
    const Tensor x = over_positions(value, place.channels);
    check(x.dim() == 2 && x.size(0) % rows_ == 0, ErrorCode::internal,
          "units of layer '" + layer.name() + "' in a tensor " + shape_text(value));
    const int64_t calls = x.size(0) / rows_;
    Tensor own = calls == 1 ? x : x.view({rows_, calls, x.size(1)}).mean(1);
    if (place.entries.defined()) {
      const Tensor entries = place.entries.to(x.device());
      const Tensor there = (entries >= 0).to(x.scalar_type());  // [units, places]
      const Tensor picked = own.index_select(1, entries.clamp_min(0).flatten());
      own = (picked.view({rows_, entries.size(0), -1}) * there).sum(2) / there.sum(1).clamp_min(1);
    }
    check(own.size(1) == place.units, ErrorCode::internal,
          "layer '" + layer.name() + "' shows " + std::to_string(own.size(1)) + " units, needed " +
              std::to_string(place.units));
    seen_[at].push_back(own);
  }
}

Tensor UnitSight::values(size_t place) const {
  check(!seen_[place].empty(), ErrorCode::internal,
        "the model computes layer '" + places_[place].layer->name() + "' in a way of its own");
  if (seen_[place].size() == 1) return seen_[place].front();
  return torch::stack(seen_[place], 0).mean(0);
}

}  // namespace modhost_featurevis
