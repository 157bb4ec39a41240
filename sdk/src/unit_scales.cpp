#include "unit_scales.h"

#include <algorithm>
#include <set>

#include "modhost/nn_norm.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

const nn::BatchNormLayer* batch_norm(const Layer& layer) {
  return dynamic_cast<const nn::BatchNormLayer*>(&layer);
}

// A layer without units that changes values: an activation or a pooling.
bool changes_values(const Layer& layer) {
  static const std::set<std::string> harmless = {"dropout", "flatten"};
  return layer.units_out() == 0 && harmless.count(layer.kind()) == 0;
}

}  // namespace

UnitScales::UnitScales(const ModelBase& model, const UnitSources& sources,
                       const std::vector<size_t>& sums)
    : model_(model), sources_(sources) {
  for (size_t slot = 0; slot < model.layers().size(); ++slot) {
    size_t node = 0;
    if (batch_norm(*model.layers()[slot].layer) == nullptr || !sources.follows(slot, node))
      continue;
    if (comes_at_once(slot, node)) direct_[slot] = node;
  }
  settle_sums(sums);
}

// Models list their layers in the order in which they run.
bool UnitScales::comes_at_once(size_t scale, size_t node) const {
  const auto first = static_cast<size_t>(sources_.nodes()[node].slot) + 1;
  for (size_t slot = first; slot < scale; ++slot) {
    if (changes_values(*model_.layers()[slot].layer)) return false;
  }
  return true;
}

std::vector<size_t> UnitScales::outgoing(const UnitLink& link) const {
  std::vector<size_t> out;
  for (const size_t scale : link.scales) {
    const bool counts = batch_norm(*model_.layers()[scale].layer) != nullptr;
    if (counts && direct_.count(scale) == 0) out.push_back(scale);
  }
  return out;
}

// Of units that are added up after factors of their own, the reader knows the sum alone: these
// factors go to the writers.
void UnitScales::settle_sums(const std::vector<size_t>& sums) {
  for (size_t slot = 0; slot < model_.layers().size(); ++slot) {
    std::map<size_t, std::vector<const UnitLink*>> by_sum;
    for (const UnitLink& link : sources_.links(slot)) by_sum[sums[link.node]].push_back(&link);
    for (const auto& [sum, links] : by_sum) {
      for (const UnitLink* link : links) {
        for (const size_t scale : outgoing(*link)) {
          const bool common = std::all_of(links.begin(), links.end(), [&](const UnitLink* other) {
            const auto& way = other->scales;
            return std::find(way.begin(), way.end(), scale) != way.end();
          });
          size_t node = 0;
          if (!common && sources_.follows(scale, node)) direct_[scale] = node;
        }
      }
    }
  }
}

UnitScale UnitScales::scale_of(size_t slot) const {
  const auto& [name, layer] = model_.layers()[slot];
  UnitScale out;
  out.layer = name;
  for (const Wiring& wiring : layer->wiring()) {
    if (wiring.in_dim != wiring.out_dim) continue;
    out.parameter = wiring.parameter.name();
    out.gamma = wiring.parameter.tensor().detach().cpu().clone();
  }
  for (const auto& buffer : layer->buffers()) {
    if (buffer->name == "running_var") out.variance = buffer->tensor.detach().cpu().clone();
  }
  out.eps = batch_norm(*layer)->eps();
  return out;
}

std::vector<UnitScale> UnitScales::of_writer(size_t node) const {
  std::vector<UnitScale> out;
  for (const auto& [slot, scaled] : direct_) {
    if (scaled != node) continue;
    UnitScale scale = scale_of(slot);
    scale.direct = true;
    scale.channels = torch::zeros({sources_.nodes()[node].units}, torch::kLong);
    for (const auto& [unit, channel] : sources_.links(slot).front().pairs) {
      scale.channels.data_ptr<int64_t>()[unit] = channel;
    }
    out.push_back(std::move(scale));
  }
  return out;
}

std::vector<UnitScale> UnitScales::of_link(const UnitLink& link, const Tensor& inputs) const {
  std::vector<UnitScale> out;
  const std::vector<size_t> factors = outgoing(link);
  if (factors.empty()) return out;
  std::map<std::pair<int64_t, int64_t>, size_t> index;
  for (size_t i = 0; i < link.pairs.size(); ++i) index[link.pairs[i]] = i;
  for (const size_t slot : factors) {
    const auto way = std::find(link.scales.begin(), link.scales.end(), slot) - link.scales.begin();
    UnitScale scale = scale_of(slot);
    scale.channels = torch::full_like(inputs, -1);
    for (int64_t unit = 0; unit < inputs.size(0); ++unit) {
      for (int64_t place = 0; place < inputs.size(1); ++place) {
        const int64_t at = unit * inputs.size(1) + place;
        const auto found = index.find({unit, inputs.data_ptr<int64_t>()[at]});
        if (found == index.end()) continue;
        scale.channels.data_ptr<int64_t>()[at] =
            link.channels[found->second][static_cast<size_t>(way)];
      }
    }
    out.push_back(std::move(scale));
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
