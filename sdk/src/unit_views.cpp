#include <algorithm>
#include <map>
#include <set>

#include "unit_values.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

// Where the values of each group can be seen.
class Views {
 public:
  Views(const ModelBase& model, const UnitNetwork& network)
      : model_(model), network_(network), sources_(model) {
    for (size_t group = 0; group < network.writers.size(); ++group) {
      for (const UnitWriter& writer : network.writers[group]) {
        for (size_t node = 0; node < sources_.nodes().size(); ++node) {
          if (is(sources_.nodes()[node], writer, network.groups[group].units)) {
            group_of_[node] = group;
          }
        }
      }
    }
  }

  UnitView view_of(size_t group, UnitValues values) const {
    UnitView view = blank(group);
    if (values == UnitValues::read && read(group, view)) return view;
    if (written(group, view)) return view;
    read(group, view);
    return view;
  }

  std::vector<UnitView> readers_of(size_t group) const {
    std::vector<UnitView> out;
    for (size_t slot = 0; slot < model_.layers().size(); ++slot) {
      UnitView view = blank(group);
      if (reads_at(slot, group, view)) out.push_back(view);
    }
    if (out.empty()) out.push_back(view_of(group, UnitValues::read));
    return out;
  }

 private:
  UnitView blank(size_t group) const {
    UnitView view;
    view.input = network_.writers[group].front().layer.empty();
    view.units = network_.groups[group].units;
    return view;
  }

  bool is(const UnitNode& node, const UnitWriter& writer, int64_t units) const {
    if (node.slot < 0) return writer.layer.empty() && node.units == units;
    return model_.layers()[static_cast<size_t>(node.slot)].name == writer.layer &&
           node.group == writer.group;
  }

  // The last layer that reads these units at inputs at which no others arrive.
  bool read(size_t group, UnitView& view) const {
    for (size_t slot = model_.layers().size(); slot-- > 0;) {
      if (reads_at(slot, group, view)) return true;
    }
    return readers_inside(group, view);
  }

  bool reads_at(size_t slot, size_t group, UnitView& view) const {
    const Layer& layer = *model_.layers()[slot].layer;
    if (only_scales(layer) || !reads(slot, group, view)) return false;
    view.layer = &layer;
    view.group = "in";
    view.channels = has_taps(layer);
    return true;
  }

  bool reads(size_t slot, size_t group, UnitView& view) const {
    std::map<int64_t, std::set<int64_t>> inputs;  // by unit
    std::set<int64_t> own, others;
    for (const UnitLink& link : sources_.links(slot)) {
      const auto found = group_of_.find(link.node);
      const bool is_own = found != group_of_.end() && found->second == group;
      for (const auto& [unit, input] : link.pairs) {
        (is_own ? own : others).insert(input);
        if (is_own) inputs[unit].insert(input);
      }
    }
    const bool shared =
        std::any_of(own.begin(), own.end(), [&](int64_t input) { return others.count(input) > 0; });
    const int64_t units = network_.groups[group].units;
    if (own.empty() || shared) return false;
    view.inputs.assign(static_cast<size_t>(units), {});
    for (const auto& [unit, places] : inputs) {
      if (unit < units) view.inputs[static_cast<size_t>(unit)].assign(places.begin(), places.end());
    }
    return true;
  }

  // Inner units are seen where the layer shows them.
  bool readers_inside(size_t group, UnitView& view) const {
    const UnitWriter& writer = network_.writers[group].front();
    return writer.group != "out" && written(group, view);
  }

  bool written(size_t group, UnitView& view) const {
    const UnitWriter& writer = network_.writers[group].back();
    for (const auto& [name, layer] : model_.layers()) {
      if (name != writer.layer || layer->units_out() == 0) continue;
      view.layer = layer.get();
      view.group = writer.group;
      view.channels = has_taps(*layer);
      view.inputs.clear();
      return true;
    }
    return false;
  }

  const ModelBase& model_;
  const UnitNetwork& network_;
  UnitSources sources_;
  std::map<size_t, size_t> group_of_;  // by node
};

}  // namespace

std::vector<UnitView> unit_views(const ModelBase& model, const UnitNetwork& network,
                                 UnitValues values) {
  const Views views(model, network);
  std::vector<UnitView> out;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    out.push_back(views.view_of(group, values));
  }
  return out;
}

std::vector<std::vector<UnitView>> unit_readers(const ModelBase& model,
                                                const UnitNetwork& network) {
  const Views views(model, network);
  std::vector<std::vector<UnitView>> out;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    out.push_back(views.readers_of(group));
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
