#include "modular_init.h"

#include <vector>

#include "modhost/error.h"
#include "modhost/random.h"
#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

bool is_read(const UnitNetwork& network, int64_t group) {
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.from == group && kernel.to != group) return true;
  }
  return false;
}

// The module of each unit of the group, [units]; one for each output where there are enough.
Tensor modules_of(const UnitNetwork& network, int64_t group, int64_t modules, uint64_t seed) {
  const UnitGroup& own = network.groups[static_cast<size_t>(group)];
  if (own.units <= modules && !is_read(network, group)) return torch::arange(own.units);
  RandomStream random(derive_seed(derive_seed(seed, "modules"), own.name));
  std::vector<int64_t> out;
  for (int64_t unit = 0; unit < own.units; ++unit) {
    out.push_back(static_cast<int64_t>(random.below(static_cast<uint64_t>(modules))));
  }
  return torch::tensor(out);
}

Tensor weight_of(const ModelBase& model, const UnitKernel& kernel) {
  const NamedTensors state = model.state();
  const Tensor* found = find(state, kernel.parameter);
  check(found != nullptr, ErrorCode::internal,
        "the model lacks the parameter '" + kernel.parameter + "' of its own units");
  return *found;
}

bool reads_input(const UnitNetwork& network, const UnitKernel& kernel) {
  return network.writers[static_cast<size_t>(kernel.from)].front().layer.empty();
}

}  // namespace

void scale_modules(const ModelBase& model, const ModularInit& init, uint64_t seed) {
  if (init.modules == 0) return;
  const torch::NoGradGuard no_grad;
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  const UnitNetwork network = unit_network(model, choice);
  std::vector<Tensor> modules;
  for (size_t group = 0; group < network.groups.size(); ++group) {
    modules.push_back(modules_of(network, static_cast<int64_t>(group), init.modules, seed));
  }
  const double up = 1 + (1 - init.down) * static_cast<double>(init.modules - 1);
  for (const UnitKernel& kernel : network.kernels) {
    if (reads_input(network, kernel) && !init.first) continue;
    const Tensor weight = weight_of(model, kernel);
    const EntryUnits units = entry_units(kernel, weight.sizes());
    const auto module = [&](const Tensor& of, int64_t group) {
      return modules[static_cast<size_t>(group)]
          .index_select(0, of.flatten().clamp_min(0))
          .view(of.sizes());
    };
    const Tensor fed = module(units.to, kernel.to);
    Tensor within = torch::zeros(weight.sizes(), torch::kBool), between = within.clone();
    for (const Tensor& from : units.from) {
      const Tensor same = module(from, kernel.from) == fed;
      within.logical_or_(same & (from >= 0));
      between.logical_or_(same.logical_not() & (from >= 0));
    }
    Tensor factor = torch::ones(weight.sizes(), torch::kDouble);
    factor.masked_fill_(within & between.logical_not(), up);
    factor.masked_fill_(between & within.logical_not(), init.down);
    weight.mul_(factor.to(weight.options()));
  }
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
