#include "study.h"

#include <modhost/random.h>
#include <modhost/unit_activations.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "receptive.h"
#include "report.h"

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kReceptiveControls = 4;

uint64_t seed_of(uint64_t purpose, const LayerClusters& layer, const SubCluster& own,
                 int64_t draw) {
  const uint64_t drawn =
      derive_seed(derive_seed(purpose, layer.name), static_cast<uint64_t>(own.label));
  return derive_seed(drawn, static_cast<uint64_t>(draw));
}

TestSamples samples_of(const Source& source, const FeaturevisOptions& options,
                       const StopSignal& stop) {
  const int64_t count =
      options.samples() > 0 ? std::min(options.samples(), source.size()) : source.size();
  return {source, count, options.batch_size(), &stop};
}

}  // namespace

Study::Study(Experiment& experiment, ModelBase& model, const UnitNetwork& network,
             const FeaturevisOptions& options)
    : experiment_(experiment),
      model_(model),
      network_(network),
      options_(options),
      source_(experiment.data().all(Split::test)),
      samples_(samples_of(*source_, options, experiment.stop())) {
  range_ = range_of(samples_, images());
  if (model.signature().output == Output::classes) classes_ = classes_of(samples_);
}

AscentPlan Study::plan() const {
  AscentPlan out;
  out.objective =
      options_.objective() == "magnitude" ? Objective::magnitude : Objective::activation;
  out.steps = options_.steps();
  out.lr = options_.lr();
  out.redirect = options_.redirect();
  out.shake = {options_.jitter(), options_.zoom(), options_.rotation()};
  out.at_once = options_.at_once();
  out.device = experiment_.device();
  out.stop = &experiment_.stop();
  return out;
}

UnitSet Study::random_set(const LayerClusters& layer, const SubCluster& own, int64_t draw) const {
  UnitSet all(static_cast<size_t>(network_.groups[static_cast<size_t>(layer.group)].units));
  std::iota(all.begin(), all.end(), 0);  // units without a cluster, too
  return random_units(all, static_cast<int64_t>(own.units.size()),
                      seed_of(experiment_.seed("controls"), layer, own, draw));
}

std::vector<Trial> Study::optimised(const LayerClusters& layer,
                                    const std::function<void(int64_t)>& done) const {
  const uint64_t seed = experiment_.seed("inputs");
  std::vector<Wish> wishes;
  for (const SubCluster& own : layer.sub_clusters) {
    wishes.push_back({own.units, seed_of(seed, layer, own, -1)});
    for (int64_t draw = 0; draw < options_.controls(); ++draw) {
      wishes.push_back({random_set(layer, own, draw), seed_of(seed, layer, own, draw)});
    }
  }
  const Ascent ascent(model_, network_, InputBasis(model_.signature(), range_), plan());
  std::vector<Vision> visions = ascent(layer.group, wishes, done);
  std::vector<Trial> out;
  auto vision = visions.begin();
  for (const SubCluster& own : layer.sub_clusters) {
    Trial trial;
    trial.layer = layer.name;
    trial.label = own.label;
    trial.of = network_.groups[static_cast<size_t>(layer.group)].units;
    trial.units = own.units;
    trial.own = std::move(*vision++);
    trial.controls.assign(std::make_move_iterator(vision),
                          std::make_move_iterator(vision + options_.controls()));
    vision += options_.controls();
    out.push_back(std::move(trial));
  }
  return out;
}

void Study::add_tops(std::vector<Trial>& trials, const LayerClusters& layer,
                     const Tensor& values) const {
  for (size_t at = 0; at < trials.size(); ++at) {
    const SubCluster& own = layer.sub_clusters[at];
    trials[at].top = top_samples(values, own.units, options_.top(), classes_);
    for (int64_t draw = 0; draw < options_.controls(); ++draw) {
      trials[at].control_tops.push_back(
          top_samples(values, random_set(layer, own, draw), options_.top(), classes_));
    }
  }
}

void Study::write_receptive(const LayerClusters& layer, const Tensor& values,
                            const Tensor& inputs) const {
  const Tensor all = input_correlations(values, inputs);
  std::vector<Receptive> out;
  NamedTensors kept;
  for (const SubCluster& own : layer.sub_clusters) {
    Receptive one{
        own.label, receptive_image(all, own.units).view(model_.signature().input_shape), {}};
    for (int64_t draw = 0; draw < std::min(kReceptiveControls, options_.controls()); ++draw) {
      one.random.push_back(
          receptive_image(all, random_set(layer, own, draw)).view(model_.signature().input_shape));
    }
    kept.emplace_back(layer.name + "." + std::to_string(own.label), one.own);
    out.push_back(std::move(one));
  }
  experiment_.writer().tensors("receptive/" + layer.name, kept);
  if (images()) receptive_sheet(experiment_.writer(), layer.name, out);
}

std::vector<Tensor> Study::values() const {
  if (options_.top() == 0 && !options_.receptive()) {
    return std::vector<Tensor>(network_.groups.size());
  }
  ActivationChoice choice;
  choice.values = UnitValues::written;
  choice.samples = samples_.count;
  choice.batch_size = options_.batch_size();
  choice.device = experiment_.device();
  choice.stop = &experiment_.stop();
  return unit_activations(model_, network_, *source_, choice);
}

void Study::write_sheets(const std::vector<Trial>& layer) const {
  if (!images()) return;
  optimised_sheet(experiment_.writer(), layer, range_);
  if (!layer.front().top.samples.empty()) {
    top_sheet(experiment_.writer(), layer, range_, *source_);
  }
}

std::vector<Trial> Study::trials(const std::vector<LayerClusters>& layers) const {
  const std::vector<Tensor> seen = values();
  const Tensor inputs = options_.receptive() ? flat_inputs_of(samples_) : Tensor();
  int64_t total = 0, finished = 0;
  for (const LayerClusters& layer : layers) {
    total += static_cast<int64_t>(layer.sub_clusters.size()) * (1 + options_.controls());
  }
  experiment_.progress().begin("inputs", total * options_.steps(), "steps");
  std::vector<Trial> out;
  for (const LayerClusters& layer : layers) {
    std::vector<Trial> own = optimised(layer, [&](int64_t count) {
      finished += count;
      experiment_.progress().update(finished, {});
    });
    const Tensor& units = seen[static_cast<size_t>(layer.group)];
    if (options_.top() > 0 && units.defined()) add_tops(own, layer, units);
    if (options_.receptive() && units.defined()) write_receptive(layer, units, inputs);
    write_sheets(own);
    for (Trial& trial : own) {
      for (Vision& control : trial.controls) control.input = Tensor();
      out.push_back(std::move(trial));
    }
  }
  return out;
}

void Study::say_where() const {
  RunWriter& writer = experiment_.writer();
  if (!images()) {
    writer.say("The optimised inputs are in inputs.npz.");
    return;
  }
  writer.say(
      "sheets/optimised-LAYER.png: a row for each cluster, its image in a blue frame, then those "
      "of "
      "random units; bars: scores" +
      std::string(classes_.defined() ? ", numbers: what the network takes it for." : "."));
  if (options_.top() > 0) {
    writer.say(
        "sheets/top-LAYER.png: the test samples that drive the cluster most, in blue frames, then "
        "those of one random set" +
        std::string(classes_.defined() ? "; numbers: their classes." : "."));
  }
  if (options_.receptive()) {
    writer.say(
        "sheets/receptive-LAYER.png: correlation of the units with each pixel, red above 0 and "
        "blue below; the cluster in a blue frame, then random units.");
  }
}

}  // namespace modhost_featurevis
