// Lesions of a network beside lesions of it one by one: in each hidden layer 16 clusters, each with
// 19 random sets of as many units, as Hod et al. 2021 have it; here clusters of equal size.
#include <ATen/ops/empty.h>

#include "benchmarks.h"
#include "measure.h"
#include "modhost/evaluate.h"
#include "modhost/random.h"
#include "modhost/state_file.h"
#include "networks.h"
#include "scores.h"

namespace modhost::bench {
namespace {

constexpr int64_t kClusters = 16, kControls = 19;
constexpr int64_t kAtOnce = 256;  // the default of the method

// Random samples, as a dataset gives them.
class SomeSource : public Source {
 public:
  SomeSource(const Network& network, int64_t samples) {
    Network own = network;
    own.batch = samples;
    batch_ = some_batch(own);
  }
  int64_t size() const override { return batch_.size(); }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices);
    return {batch_.input.index_select(0, rows), batch_.target.index_select(0, rows)};
  }

 private:
  Batch batch_;
};

Network mlp(bool tiny) {
  Network out;
  out.name = "lesion/mlp";
  out.model = "mlp";
  out.options = {{"hidden", tiny ? "16,16" : "256,256,256,256"}};
  out.signature = {Input::features, {tiny ? 20 : 784}, Output::classes, {10}};
  out.samples = tiny ? 20 : 200;
  return out;
}

Network cnn(bool tiny) {
  const int64_t side = tiny ? 8 : 28;
  Network out;
  out.name = "lesion/cnn";
  out.model = "cnn";
  out.options = {{"preset", "cnn"}};
  out.signature = {Input::image, {1, side, side}, Output::classes, {10}};
  out.samples = tiny ? 10 : 50;
  return out;
}

// Of each hidden layer of the network, [layer][lesion].
std::vector<std::vector<modhost_lesion::UnitSets>> some_lesions(const UnitNetwork& network,
                                                                int64_t count) {
  std::vector<std::vector<modhost_lesion::UnitSets>> out;
  for (size_t group = 1; group + 1 < network.groups.size(); ++group) {
    UnitSet live(static_cast<size_t>(network.groups[group].units));
    for (size_t unit = 0; unit < live.size(); ++unit) live[unit] = static_cast<int64_t>(unit);
    const int64_t size = std::max<int64_t>(1, network.groups[group].units / kClusters);
    out.emplace_back();
    for (int64_t draw = 0; draw < count; ++draw) {
      const uint64_t seed = derive_seed(group, static_cast<uint64_t>(draw));
      out.back().push_back({{static_cast<int64_t>(group), random_units(live, size, seed)}});
    }
  }
  return out;
}

// Weights set to 0, evaluated, and set back: what one would write first. The sum of accuracies.
double one_by_one(ModelBase& model, const UnitNetwork& network, const Source& source,
                  const std::vector<modhost_lesion::UnitSets>& lesions) {
  const torch::NoGradGuard no_grad;
  EvaluateOptions accuracy;
  accuracy.loss = false;
  double sum = 0;
  for (const modhost_lesion::UnitSets& lesion : lesions) {
    NamedTensors before;
    for (const auto& [name, variation] : modhost_lesion::silenced(model, network, {lesion})) {
      for (const Parameter& parameter : model.parameters()) {
        if (parameter.name() != name) continue;
        before.emplace_back(name, parameter.tensor().clone());
        parameter.tensor().copy_(variation->apply(parameter.tensor())[0]);
      }
    }
    sum += evaluate(model, source, accuracy).accuracy;
    for (const Parameter& parameter : model.parameters()) {
      const Tensor* old = find(before, parameter.name());
      if (old != nullptr) parameter.tensor().copy_(*old);
    }
  }
  return sum;
}

Records run(const Network& network, const Settings& settings) {
  const int64_t count = settings.tiny ? 3 : kClusters * (1 + kControls);
  const auto model = make(network);
  const UnitNetwork units = unit_network(*model, {UnitKinds::all, {}, {}, {}, true});
  const SomeSource source(network, network.samples);
  const auto lesions = some_lesions(units, count);
  const modhost_lesion::Scorer scorer(*model, units, source, {}, kAtOnce);
  Series single, together;
  double expected = 0, found = 0;
  const int64_t repeats = settings.repeats > 0 ? settings.repeats : settings.tiny ? 1 : 3;
  for (int64_t repeat = 0; repeat <= repeats; ++repeat) {
    expected = found = 0;
    const Seconds slow = timed([&] {
      for (const auto& some : lesions) expected += one_by_one(*model, units, source, some);
    });
    const Seconds fast = timed([&] {
      for (const auto& some : lesions) {
        for (const auto& score : scorer(some, [](int64_t) {})) found += score.overall;
      }
    });
    if (repeat == 0) continue;  // warms up
    single.all.push_back(slow);
    together.all.push_back(fast);
  }
  Json out = begin_record(network.name, settings);
  out["lesions"] = count * static_cast<int64_t>(lesions.size());
  out["single_cpu_s"] = single.cpu();
  out["together_cpu_s"] = together.cpu();
  out["ratio"] = single.cpu() / together.cpu();
  out["pair_ratio"] = pair_ratio(single, together);
  out["accuracy_difference"] = (found - expected) / static_cast<double>(count);
  return {out};
}

}  // namespace

std::vector<Benchmark> lesion_benchmarks() {
  std::vector<Benchmark> out;
  for (const auto make_network : {mlp, cnn}) {
    out.push_back({make_network(false).name, [make_network](const Settings& settings) {
                     return run(make_network(settings.tiny), settings);
                   }});
  }
  return out;
}

}  // namespace modhost::bench
