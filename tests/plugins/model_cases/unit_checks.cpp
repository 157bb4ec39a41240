// The units that a model's wiring tells of are those that its forward has.
#include <modhost/loss.h>
#include <modhost/unit_activations.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "model_cases.h"

namespace modhost::test {
namespace {

// The same batch whatever is asked for.
class OneBatch : public Source {
 public:
  explicit OneBatch(Batch batch) : batch_(std::move(batch)) {}
  int64_t size() const override { return batch_.size(); }
  Batch load(const std::vector<int64_t>&) const override { return batch_; }

 private:
  Batch batch_;
};

Tensor parameter_of(const ModelBase& model, const std::string& name) {
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name() == name) return parameter.tensor();
  }
  FAIL("no parameter " << name);
  return {};
}

// Which entries of the parameter are taps of the unit's edges: 1, else 0.
Tensor entries_of(const ModelBase& model, const UnitKernel& kernel, int dim, int64_t unit) {
  const torch::AutoGradMode gradients(true);
  const Tensor leaf =
      parameter_of(model, kernel.parameter).detach().clone().set_requires_grad(true);
  const Tensor own = taps_of(kernel, leaf).select(dim, unit).sum();
  return torch::autograd::grad({own}, {leaf})[0].ne(0);
}

// A normalisation over features lets a unit reach others without a weight; so does an attention,
// and a decoder that starts from the states of an encoder.
bool mixes_units(const ModelBase& model) {
  static const std::set<std::string> mixing = {"layer_norm", "group_norm", "multihead_attention"};
  if (model.signature().output == Output::tokens) return true;
  return std::any_of(model.layers().begin(), model.layers().end(),
                     [](const auto& slot) { return mixing.count(slot.layer->kind()) > 0; });
}

// With all weights that read the unit cut, those that feed it do not matter.
void check_readers(ModelBase& model, const UnitNetwork& network, size_t group, int64_t unit) {
  const torch::NoGradGuard no_grad;
  INFO("unit " << unit << " of " << network.groups[group].name);
  const auto at = static_cast<int64_t>(group);
  const auto is_from = [&](const UnitKernel& kernel) { return kernel.from == at; };
  const auto is_to = [&](const UnitKernel& kernel) { return kernel.to == at; };
  const auto& kernels = network.kernels;
  if (std::none_of(kernels.begin(), kernels.end(), is_from)) return;  // an output
  if (std::none_of(kernels.begin(), kernels.end(), is_to)) return;    // an input
  std::vector<Tensor> before;
  for (const Parameter& parameter : model.parameters()) {
    before.push_back(parameter.tensor().clone());
  }
  std::vector<std::pair<std::string, Tensor>> read, fed;
  for (const UnitKernel& kernel : kernels) {
    if (is_from(kernel)) read.emplace_back(kernel.parameter, entries_of(model, kernel, 1, unit));
    if (is_to(kernel)) fed.emplace_back(kernel.parameter, entries_of(model, kernel, 0, unit));
  }
  const auto cut = [&] {
    for (const auto& [name, entries] : read) parameter_of(model, name).masked_fill_(entries, 0);
  };
  const Batch batch = random_batch(model.signature(), 3, 8);
  cut();
  const Tensor plain = model.forward(batch);
  for (const auto& [name, entries] : fed) {
    Tensor tensor = parameter_of(model, name);
    tensor.add_(entries.to(tensor.scalar_type()), 0.7);
  }
  cut();  // a recurrent weight is both
  CHECK((model.forward(batch) - plain).abs().max().item<double>() < 1e-9);
  size_t index = 0;
  for (const Parameter& parameter : model.parameters()) parameter.tensor().copy_(before[index++]);
}

void check_complete(const ModelBase& model, const UnitNetwork& network) {
  std::set<std::string> connecting;
  for (const UnitKernel& kernel : network.kernels) connecting.insert(kernel.parameter);
  for (const auto& slot : model.layers()) {
    for (const Wiring& wiring : slot.layer->wiring()) {
      if (wiring.in_dim == Wiring::kNone || wiring.in_dim == wiring.out_dim) continue;
      INFO(wiring.parameter.name());
      CHECK(connecting.count(wiring.parameter.name()) == 1);
    }
  }
}

}  // namespace

void check_units(ModelBase& model, bool shown) {
  model.initialize(6);
  model.to(torch::kDouble);
  model.set_training(false);
  UnitChoice all;
  all.kinds = UnitKinds::all;
  const UnitNetwork network = unit_network(model, all);
  check_complete(model, network);
  const UnitGraph graph = unit_graph(network, {});
  const std::vector<double> degrees = graph.degrees();
  CHECK(std::all_of(degrees.begin(), degrees.end(), [](double degree) { return degree >= 0; }));
  CHECK(!unit_graph(unit_network(model, {}), {}).blocks.empty());
  if (!mixes_units(model)) {
    for (size_t group = 0; group < network.groups.size(); ++group) {
      for (const int64_t unit : {int64_t{0}, network.groups[group].units - 1}) {
        check_readers(model, network, group, unit);
      }
    }
  }
  const Batch batch = random_batch(model.signature(), 5, 12);
  for (const UnitValues values : {UnitValues::read, UnitValues::written}) {
    ActivationChoice choice;
    choice.values = values;
    const auto seen = unit_activations(model, network, OneBatch(batch), choice);
    for (size_t group = 0; group < seen.size(); ++group) {
      INFO(network.groups[group].name);
      if (!shown && !seen[group].defined()) continue;
      REQUIRE(seen[group].defined());
      CHECK(seen[group].sizes() == torch::IntArrayRef({5, network.groups[group].units}));
    }
  }
}

}  // namespace modhost::test
