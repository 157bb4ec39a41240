#include "mask_clusters.h"

#include <modhost/error.h>
#include <modhost/random.h>

#include <algorithm>

#include "inner_weights.h"
#include "unit_labels.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

double ratio_or_zero(double top, double bottom) { return bottom > 0 ? top / bottom : 0; }

double ones(const Tensor& marks) { return static_cast<double>(marks.sum().item<int64_t>()); }

// The weights that are looked at, one after another.
class Weights {
 public:
  // Both ends have a cluster, the parameters are masked, and the mask of all tasks keeps them.
  Weights(const ModelBase& model, const UnitNetwork& network, const UnitLabels& labels,
          const NamedTensors& masked, const NamedTensors* all)
      : network_(network), inner_(model, network, true) {
    std::vector<UnitSet> live(network.groups.size());
    for (const int64_t label : labels_in(labels)) {
      const std::vector<UnitSet> own = units_of(network, labels, label);
      for (size_t i = 0; i < own.size(); ++i) {
        live[i].insert(live[i].end(), own[i].begin(), own[i].end());
      }
    }
    std::vector<Tensor> values;
    for (auto& [name, marks] : inner_.inside(live)) {
      if (find(masked, name) == nullptr) marks.zero_();
      const Tensor* kept = all == nullptr ? nullptr : find(*all, name);
      looked_at_.push_back((kept == nullptr ? marks : marks.logical_and(*kept)).flatten());
      values.push_back(parameter_named(model, name).tensor().detach().cpu().flatten());
    }
    Tensor magnitudes = torch::zeros({0}, torch::kDouble);
    for (size_t i = 0; i < values.size(); ++i) {
      const Tensor own = values[i].masked_select(looked_at_[i]).to(torch::kDouble).abs();
      magnitudes = torch::cat({magnitudes, own});
    }
    magnitudes_ = magnitudes;
  }

  // bool [*shape] of parameters -> bool [weights]; those that are not named are not marked.
  Tensor marked(const NamedTensors& marks) const {
    std::vector<Tensor> out = {torch::zeros({0}, torch::kBool)};
    for (size_t i = 0; i < looked_at_.size(); ++i) {
      const Tensor* own = find(marks, inner_.names()[i]);
      const Tensor flat =
          own == nullptr ? torch::zeros_like(looked_at_[i]) : own->cpu().to(torch::kBool).flatten();
      out.push_back(flat.masked_select(looked_at_[i]));
    }
    return torch::cat(out);
  }
  Tensor inside(const UnitLabels& labels, int64_t label) const {
    return marked(inner_.inside(units_of(network_, labels, label)));
  }
  const Tensor& magnitudes() const { return magnitudes_; }

 private:
  const UnitNetwork& network_;
  InnerWeights inner_;
  std::vector<Tensor> looked_at_;  // of each parameter, flat
  Tensor magnitudes_;
};

// Of units: those that the mask alone needs, and those of the cluster.
Overlap unit_overlap(const UnitLabels& owners, int64_t mask, const UnitLabels& labels,
                     int64_t label) {
  Overlap out;
  for (size_t unit = 0; unit < labels.size(); ++unit) {
    if (labels[unit] == kNoCluster) continue;
    const bool own = owners[unit] == mask, in = labels[unit] == label;
    out.mask += own ? 1 : 0;
    out.cluster += in ? 1 : 0;
    out.both += own && in ? 1 : 0;
  }
  return out;
}

Overlap weight_overlap(const Tensor& kept, const Tensor& inside) {
  return {ones(kept), ones(inside), ones(kept.logical_and(inside))};
}

struct Tasks {
  std::vector<const StoredMask*> masks;
  const StoredMask* all = nullptr;
  std::vector<NamedTensors> bits;
  std::vector<std::vector<bool>> attached;
  UnitLabels owners;  // the position of the mask that alone needs the unit
};

Tasks tasks_of(const UnitNetwork& network, const std::vector<StoredMask>& masks) {
  check_tasks(masks);
  Tasks out;
  for (const StoredMask& mask : masks) {
    if (mask.name == kAllTasksMask) {
      out.all = &mask;
      continue;
    }
    out.masks.push_back(&mask);
    out.bits.push_back(mask.bits());
    out.attached.push_back(attached_units(network, out.bits.back()));
  }
  out.owners = units_of_one(out.attached);
  return out;
}

MaskShare share_of(const Tasks& tasks, size_t task, const Tensor& kept_anywhere,
                   const Tensor& all) {
  MaskShare out{tasks.masks[task]->name, 0, 0, ones(kept_anywhere), 0, 0, 0, {}};
  const std::vector<bool>& attached = tasks.attached[task];
  out.units = std::count(attached.begin(), attached.end(), true);
  out.own_units = std::count(tasks.owners.begin(), tasks.owners.end(), static_cast<int64_t>(task));
  if (!all.defined()) return out;
  const double both = ones(kept_anywhere.logical_and(all));
  out.in_all = ratio_or_zero(both, ones(kept_anywhere));
  out.of_all = ratio_or_zero(both, ones(all));
  return out;
}

// IoU of each pair (mask by mask) under one order of the labels.
struct Ious {
  std::vector<double> units, weights;
};
Ious ious_of(const Tasks& tasks, const Weights& weights, const std::vector<Tensor>& kept,
             const UnitLabels& labels, const std::vector<int64_t>& clusters) {
  std::vector<Tensor> inside;
  for (const int64_t label : clusters) inside.push_back(weights.inside(labels, label));
  Ious out;
  for (size_t task = 0; task < kept.size(); ++task) {
    for (size_t i = 0; i < clusters.size(); ++i) {
      const auto own = static_cast<int64_t>(task);
      out.units.push_back(unit_overlap(tasks.owners, own, labels, clusters[i]).iou());
      out.weights.push_back(weight_overlap(kept[task], inside[i]).iou());
    }
  }
  return out;
}

std::vector<MaskCluster> pairs_of(const Tasks& tasks, const Weights& weights,
                                  const std::vector<Tensor>& kept, const UnitLabels& labels,
                                  const std::vector<int64_t>& clusters) {
  std::vector<MaskCluster> out;
  for (size_t task = 0; task < kept.size(); ++task) {
    for (const int64_t label : clusters) {
      MaskCluster pair;
      pair.task = tasks.masks[task]->name;
      pair.label = label;
      pair.units.own = unit_overlap(tasks.owners, static_cast<int64_t>(task), labels, label);
      const Tensor inside = weights.inside(labels, label);
      pair.weights.own = weight_overlap(kept[task], inside);
      const Tensor magnitudes = weights.magnitudes().mul(inside);
      pair.of_magnitude = ratio_or_zero(magnitudes.mul(kept[task]).sum().item<double>(),
                                        magnitudes.sum().item<double>());
      out.push_back(std::move(pair));
    }
  }
  return out;
}

using Draws = std::vector<std::vector<double>>;  // [pairs][draws]

void add_chance(MaskClusters& found, const Draws& units, const Draws& weights) {
  for (size_t i = 0; i < found.pairs.size(); ++i) {
    MaskCluster& pair = found.pairs[i];
    pair.units.iou = compare_with_null(pair.units.own.iou(), units[i]);
    pair.weights.iou = compare_with_null(pair.weights.own.iou(), weights[i]);
  }
  const size_t clusters = found.pairs.size() / found.masks.size();
  for (size_t task = 0; task < found.masks.size(); ++task) {
    const size_t first = task * clusters, end = first + clusters;
    MaskShare& mask = found.masks[task];
    mask.best = first;
    std::vector<double> best(weights[first].size(), 0);
    for (size_t i = first; i < end; ++i) {
      const double own = found.pairs[i].weights.own.iou();
      if (own > found.pairs[mask.best].weights.own.iou()) mask.best = i;
      for (size_t draw = 0; draw < best.size(); ++draw) {
        best[draw] = std::max(best[draw], weights[i][draw]);
      }
    }
    mask.best_iou = compare_with_null(found.pairs[mask.best].weights.own.iou(), best);
  }
}

}  // namespace

double Overlap::iou() const { return ratio_or_zero(both, mask + cluster - both); }
double Overlap::of_mask() const { return ratio_or_zero(both, mask); }
double Overlap::of_cluster() const { return ratio_or_zero(both, cluster); }

void check_tasks(const std::vector<StoredMask>& masks) {
  const bool any = std::any_of(masks.begin(), masks.end(),
                               [](const StoredMask& mask) { return mask.name != kAllTasksMask; });
  check(any, ErrorCode::config,
        "option 'method.masks': there is no mask of a task, only that of all data",
        "name the run of diffmask, or the files of some tasks");
}

MaskClusters mask_clusters(const ModelBase& model, const UnitNetwork& network,
                           const UnitLabels& labels, const std::vector<StoredMask>& masks,
                           int64_t draws, uint64_t seed) {
  const Tasks tasks = tasks_of(network, masks);
  const NamedTensors& masked = tasks.bits.front();
  const NamedTensors all = tasks.all == nullptr ? NamedTensors() : tasks.all->bits();
  const Weights anywhere(model, network, labels, masked, nullptr);
  const Weights weights(model, network, labels, masked, tasks.all == nullptr ? nullptr : &all);
  MaskClusters out;
  out.has_all = tasks.all != nullptr;
  std::vector<Tensor> kept;
  for (size_t task = 0; task < tasks.masks.size(); ++task) {
    kept.push_back(weights.marked(tasks.bits[task]));
    out.masks.push_back(share_of(tasks, task, anywhere.marked(tasks.bits[task]),
                                 out.has_all ? anywhere.marked(all) : Tensor()));
  }
  const std::vector<int64_t> clusters = labels_in(labels);
  check(!clusters.empty(), ErrorCode::config, "there is no cluster to compare with masks");
  out.pairs = pairs_of(tasks, weights, kept, labels, clusters);
  Draws unit_draws(out.pairs.size()), weight_draws(out.pairs.size());
  for (int64_t draw = 0; draw < draws; ++draw) {
    const uint64_t own = derive_seed(seed, static_cast<uint64_t>(draw));
    const Ious drawn =
        ious_of(tasks, weights, kept, permuted_labels(network, labels, own), clusters);
    for (size_t i = 0; i < out.pairs.size(); ++i) {
      unit_draws[i].push_back(drawn.units[i]);
      weight_draws[i].push_back(drawn.weights[i]);
    }
  }
  add_chance(out, unit_draws, weight_draws);
  return out;
}

}  // namespace modhost_lesion
