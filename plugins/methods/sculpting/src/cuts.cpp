#include "cuts.h"

#include <modhost/error.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Neither the network's input nor its last units.
bool is_hidden(const UnitNetwork& network, size_t group) {
  const auto reads = [own = static_cast<int64_t>(group)](const UnitKernel& kernel) {
    return kernel.from == own && kernel.to != own;
  };
  return !network.writers[group].front().layer.empty() &&
         std::any_of(network.kernels.begin(), network.kernels.end(), reads);
}

UnitChoice every_unit() {
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  return choice;
}

// [n, *shape] -> [n, rows]: whether any entry with that index along `dim` of the shape is true.
Tensor any_of_rows(const Tensor& kept, int dim) {
  return kept.movedim(dim + 1, 1).flatten(2).any(2);
}

// Of each entry of a parameter whether its unit is there, [n, units] bool -> [n, *shape]; undefined
// units all are. Entries of no unit (-1) are false.
Tensor there(const Tensor& units, const Tensor& entries) {
  const Tensor known = (entries >= 0).unsqueeze(0);
  if (!units.defined()) return known;
  std::vector<int64_t> shape = entries.sizes().vec();
  shape.insert(shape.begin(), units.size(0));
  return units.index_select(1, entries.flatten().clamp_min(0)).view(shape).logical_and_(known);
}

}  // namespace

double percentile(std::vector<double> values, double percent) {
  std::sort(values.begin(), values.end());
  const double place =
      std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, values.size() - 1);
  const double part = place - static_cast<double>(below), step = values[above] - values[below];
  return part < 0.5 ? values[below] + step * part : values[above] - step * (1 - part);
}

int64_t hidden_units(const ModelBase& model) {
  check(!kernel_names(model).empty(), ErrorCode::config,
        "nothing can be pruned: no layer of this model says that its weights connect units");
  const UnitNetwork network = unit_network(model, every_unit());
  int64_t out = 0;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    if (is_hidden(network, group)) out += network.groups[group].units;
  }
  return out;
}

Cutter::Cutter(ModelBase& model)
    : model_(model),
      kernels_(kernel_names(model)),
      hidden_(modhost_sculpting::hidden_units(model)) {
  network_ = unit_network(model, every_unit());
  for (size_t group = 0; group < network_.groups.size(); ++group) {
    hidden_groups_.push_back(modhost_sculpting::is_hidden(network_, group));
  }
  for (const Parameter& parameter : model.parameters()) {
    if (std::find(kernels_.begin(), kernels_.end(), parameter.name()) != kernels_.end()) {
      weights_ += parameter.tensor().numel();
    }
  }
  for (const UnitKernel& kernel : network_.kernels) {
    for (const Parameter& parameter : model.parameters()) {
      if (parameter.name() != kernel.parameter) continue;
      entries_.push_back(entry_units(kernel, parameter.tensor().sizes()));
    }
  }
  check(entries_.size() == network_.kernels.size(), ErrorCode::internal,
        "the units of this model are fed by parameters that it does not have");
  for (size_t i = 0; i < entries_.size(); ++i) {
    Reading& own = readings_[network_.kernels[i].parameter];
    own.kernels.push_back(i);
    const Tensor no_edge = entries_[i].to < 0;
    own.no_edge = own.no_edge.defined() ? own.no_edge & no_edge : no_edge;
  }
  find_biases();
}

void Cutter::find_biases() {
  for (const ModelBase::Slot& slot : model_.layers()) {
    for (const Wiring& own : slot.layer->wiring()) {
      if (own.in_dim != Wiring::kNone || own.parameter.tensor().dim() != 1) continue;
      Bias bias{own.parameter.name(), {}, own.parameter.tensor().size(0)};
      for (const Wiring& other : slot.layer->wiring()) {
        const bool connects = other.in_dim != Wiring::kNone && other.in_dim != other.out_dim;
        if (!connects || other.feeds != own.feeds) continue;
        if (other.parameter.tensor().size(other.out_dim) != bias.units) continue;
        bias.fed_by.emplace_back(other.parameter.name(), other.out_dim);
      }
      if (!bias.fed_by.empty()) biases_.push_back(std::move(bias));
    }
  }
}

Networks Cutter::whole(const std::vector<NamedTensors>& states) const {
  Networks out;
  for (const auto& [name, first] : states.front()) {
    std::vector<Tensor> all;
    for (const NamedTensors& state : states) all.push_back(tensor_of(state, name).detach());
    out.values.emplace_back(name, torch::stack(all));
  }
  const auto networks = static_cast<int64_t>(states.size());
  for (const std::string& name : kernels_) {
    out.kept.emplace_back(name, tensor_of(out.values, name) != 0);
  }
  for (const Bias& bias : biases_) {
    out.kept.emplace_back(bias.name, torch::ones({networks, bias.units}, torch::kBool));
  }
  for (size_t group = 0; group < hidden_groups_.size(); ++group) {
    if (!hidden_groups_[group]) continue;
    const UnitGroup& own = network_.groups[group];
    out.units.emplace_back(own.name, torch::ones({networks, own.units}, torch::kBool));
  }
  return out;
}

void Cutter::cut_units(Networks& networks, const std::vector<std::vector<double>>& scores,
                       const std::vector<double>& percents) const {
  for (size_t n = 0; n < scores.size(); ++n) {
    std::vector<double> known;
    std::copy_if(scores[n].begin(), scores[n].end(), std::back_inserter(known),
                 [](double score) { return !std::isnan(score); });
    const double threshold = percentile(known, percents[n]);
    size_t at = 0;
    for (auto& [name, live] : networks.units) {
      bool* own = live.data_ptr<bool>() + static_cast<int64_t>(n) * live.size(1);
      for (int64_t unit = 0; unit < live.size(1); ++unit, ++at) {
        if (!(scores[n][at] > threshold) && !std::isnan(scores[n][at])) own[unit] = false;
      }
    }
  }
  drop_weights(networks);
  finish(networks);
}

void Cutter::cut_edges(Networks& networks, const std::vector<double>& percents) const {
  std::vector<Tensor> sizes;
  for (const std::string& name : kernels_) {
    sizes.push_back(tensor_of(networks.values, name).flatten(1).abs());
  }
  const Tensor all = torch::cat(sizes, 1).to(torch::kDouble).contiguous();
  std::vector<double> thresholds;
  for (size_t n = 0; n < percents.size(); ++n) {
    thresholds.push_back(percentile(row_of(all, static_cast<int64_t>(n)), percents[n]));
  }
  const Tensor above = torch::tensor(thresholds, torch::kDouble);
  for (const std::string& name : kernels_) {
    const Tensor size = tensor_of(networks.values, name).abs().to(torch::kDouble);
    std::vector<int64_t> shape(static_cast<size_t>(size.dim()), 1);
    shape[0] = size.size(0);
    tensor_of(networks.kept, name).logical_and_(size > above.view(shape));
  }
  finish(networks);
}

void Cutter::drop_weights(Networks& networks) const {
  std::vector<Tensor> live(network_.groups.size());
  size_t place = 0;
  for (size_t group = 0; group < live.size(); ++group) {
    if (hidden_groups_[group]) live[group] = networks.units[place++].second;
  }
  for (const auto& [name, taps] : readings_) {
    Tensor fed, read;  // of each entry, whether a unit at that end is there
    const auto add = [](Tensor& all, const Tensor& own) {
      all = all.defined() ? all.logical_or(own) : own;
    };
    for (const size_t i : taps.kernels) {
      const UnitKernel& kernel = network_.kernels[i];
      add(fed, there(live[static_cast<size_t>(kernel.to)], entries_[i].to));
      for (const Tensor& from : entries_[i].from) {
        add(read, there(live[static_cast<size_t>(kernel.from)], from));
      }
    }
    tensor_of(networks.kept, name).logical_and_(fed.logical_and(read).logical_or_(taps.no_edge));
  }
}

void Cutter::finish(Networks& networks) const {
  for (const Bias& bias : biases_) {
    Tensor fed = torch::zeros({networks.size(), bias.units}, torch::kBool);
    for (const auto& [name, dim] : bias.fed_by) {
      fed.logical_or_(any_of_rows(tensor_of(networks.kept, name), dim));
    }
    tensor_of(networks.kept, bias.name).copy_(fed);
  }
  for (const auto& [name, kept] : networks.kept) {
    tensor_of(networks.values, name).masked_fill_(kept.logical_not(), 0);
  }
}

int64_t Cutter::kept_weights(const Networks& networks, int64_t position) const {
  int64_t out = 0;
  for (const std::string& name : kernels_) {
    out += tensor_of(networks.kept, name)[position].sum().item<int64_t>();
  }
  return out;
}

double Cutter::pruned_percent(const Networks& networks, int64_t position) const {
  return 100.0 * static_cast<double>(weights_ - kept_weights(networks, position)) /
         static_cast<double>(weights_);
}

Cutter::Links Cutter::links(const Networks& networks, int64_t position) const {
  Links out;
  for (const UnitGroup& group : network_.groups) {
    out.fed.emplace_back(static_cast<size_t>(group.units), 0);
    out.read.emplace_back(static_cast<size_t>(group.units), 0);
  }
  for (size_t i = 0; i < entries_.size(); ++i) {
    const UnitKernel& kernel = network_.kernels[i];
    if (kernel.to == kernel.from) continue;
    const Tensor kept = tensor_of(networks.kept, kernel.parameter)[position].contiguous();
    const Tensor to = entries_[i].to.contiguous();
    const auto* unit_to = to.data_ptr<int64_t>();
    const bool* is_kept = kept.data_ptr<bool>();
    for (const Tensor& from : entries_[i].from) {
      const Tensor one = from.contiguous();
      const auto* unit_from = one.data_ptr<int64_t>();
      for (int64_t entry = 0; entry < kept.numel(); ++entry) {
        if (!is_kept[entry] || unit_from[entry] < 0) continue;
        out.fed[static_cast<size_t>(kernel.to)][static_cast<size_t>(unit_to[entry])] = 1;
        out.read[static_cast<size_t>(kernel.from)][static_cast<size_t>(unit_from[entry])] = 1;
      }
    }
  }
  return out;
}

int64_t Cutter::live_units(const Networks& networks, int64_t position) const {
  const Links found = links(networks, position);
  int64_t out = 0;
  for (size_t group = 0; group < found.fed.size(); ++group) {
    if (!hidden_groups_[group]) continue;
    for (size_t unit = 0; unit < found.fed[group].size(); ++unit) {
      out += found.fed[group][unit] & found.read[group][unit];
    }
  }
  return out;
}

}  // namespace modhost_sculpting
