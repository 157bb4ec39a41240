#include "layer_probe.h"

#include <algorithm>

#include "measure.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr int64_t kRows = 3;
constexpr int64_t kSteps = 9;
constexpr int64_t kSide = 11;
constexpr int64_t kUnitsTried = 8;
constexpr const char* kIn = "in";
constexpr const char* kOut = "out";

Probe probe_of(Tensor input, bool units_last, bool has_steps) {
  const std::string text = shape_text(input);
  return {std::move(input), units_last, has_steps, text};
}

// At most kUnitsTried of 0 .. units-1, first and last included.
std::vector<int64_t> some_of(int64_t units) {
  std::vector<int64_t> out;
  const int64_t count = std::min(units, kUnitsTried);
  for (int64_t i = 0; i < count; ++i) {
    out.push_back(count == 1 ? 0 : i * (units - 1) / (count - 1));
  }
  return out;
}

// Entries of a tensor along `dim` that belong to `unit` of a group of `units`.
Tensor entries_of(int64_t size, int64_t units, int64_t unit) {
  return torch::arange(unit, size, units, torch::kLong);
}

void zero_entries(const Tensor& weight, int dim, int64_t units, int64_t unit) {
  Tensor(weight).index_fill_(dim, entries_of(weight.size(dim), units, unit), 0);
}

// The entries through which input unit `unit` acts.
void zero_outgoing(const Wiring& wiring, const Tensor& weight, int64_t units, int64_t unit) {
  if (wiring.groups == 1) {
    zero_entries(weight, wiring.in_dim, units, unit);
    return;
  }
  const int64_t inside = units / wiring.groups, out = weight.size(wiring.out_dim) / wiring.groups;
  const Tensor part = weight.narrow(wiring.out_dim, unit / inside * out, out);
  zero_entries(part, wiring.in_dim, inside, unit % inside);
}

std::string dimension_fault(Layer& layer, const Wiring& wiring) {
  const Tensor weight = wiring.parameter.tensor();
  const std::string name = "the wiring of '" + wiring.parameter.name() + "'";
  for (const int dim : {wiring.out_dim, wiring.in_dim}) {
    if (dim != Wiring::kNone && (dim < 0 || dim >= weight.dim())) {
      return name + " names dimension " + std::to_string(dim) + " of a tensor " +
             shape_text(weight);
    }
  }
  const auto fits = [&](int dim, const std::string& group, int64_t groups) {
    const int64_t units = layer.units(group) / groups;
    return units > 0 && weight.size(dim) % units == 0;
  };
  if (!fits(wiring.out_dim, wiring.feeds, 1)) {
    return name + ": dimension " + std::to_string(wiring.out_dim) + " of " + shape_text(weight) +
           " does not count the " + std::to_string(layer.units(wiring.feeds)) + " units of '" +
           wiring.feeds + "'";
  }
  if (wiring.in_dim != Wiring::kNone && !fits(wiring.in_dim, wiring.reads, wiring.groups)) {
    return name + ": dimension " + std::to_string(wiring.in_dim) + " of " + shape_text(weight) +
           " does not count the " + std::to_string(layer.units(wiring.reads)) + " units of '" +
           wiring.reads + "'";
  }
  return "";
}

// Parameters put back to what they were at construction.
class ParameterKeeper {
 public:
  explicit ParameterKeeper(Layer& layer) : layer_(layer) {
    for (const Parameter& parameter : layer.parameters()) {
      kept_.push_back(parameter.tensor().detach().clone());
    }
  }
  void restore() {
    for (size_t i = 0; i < kept_.size(); ++i) layer_.parameters()[i].tensor().copy_(kept_[i]);
  }

 private:
  Layer& layer_;
  std::vector<Tensor> kept_;
};

class WiringTest {
 public:
  WiringTest(Layer& layer, const Probe& probe, double limit, uint64_t seed)
      : layer_(layer), probe_(probe), limit_(limit), seed_(seed), keeper_(layer) {}

  std::string fault() {
    for (const Wiring& wiring : layer_.wiring()) {
      const std::string wrong = dimension_fault(layer_, wiring);
      if (!wrong.empty()) return wrong;
    }
    if (recurrent() && probe_.has_steps) {
      probe_ = probe_of(probe_.input.narrow(1, 0, 1), probe_.units_last, true);
    }
    if (!outputs_units()) return "";
    std::string wrong = incoming_fault();
    if (wrong.empty() && can_cut_inputs()) wrong = outgoing_fault();
    keeper_.restore();
    return wrong;
  }

 private:
  bool recurrent() const {
    return std::any_of(layer_.wiring().begin(), layer_.wiring().end(),
                       [](const Wiring& one) { return one.reads == kOut; });
  }
  // Norms couple their inputs by more than parameters.
  bool can_cut_inputs() const {
    return !probe_.is_integer() &&
           std::all_of(layer_.wiring().begin(), layer_.wiring().end(),
                       [](const Wiring& one) { return one.out_dim != one.in_dim; });
  }
  bool outputs_units() const {
    const Tensor y = layer_.forward(probe_.input);
    return y.dim() > 1 && y.size(unit_dim(y)) == layer_.units_out();
  }
  int64_t unit_dim(const Tensor& x) const { return probe_.units_last ? x.dim() - 1 : 1; }
  Tensor unit(const Tensor& x, int64_t index) const { return x.select(unit_dim(x), index); }

  Tensor other_input() const {
    if (probe_.is_integer()) return (probe_.input + 1).remainder(layer_.units_in());
    return probe_.input + normal(probe_.input.sizes(), seed_ + 1);
  }

  // Some units, spread over all: without its incoming entries.
  std::string incoming_fault() {
    const Tensor before = layer_.forward(probe_.input);
    for (const int64_t lesioned : some_of(layer_.units_out())) {
      bool fed = false;
      for (const Wiring& wiring : layer_.wiring()) {
        if (wiring.feeds != kOut) continue;
        zero_entries(wiring.parameter.tensor(), wiring.out_dim, layer_.units_out(), lesioned);
        fed = true;
      }
      if (!fed) return "";
      const Tensor after = layer_.forward(probe_.input);
      const Tensor elsewhere = layer_.forward(other_input());
      keeper_.restore();
      const std::string who = "unit " + std::to_string(lesioned);
      const Tensor moved = (after - before).transpose(0, unit_dim(before)).abs().flatten(1);
      Tensor by_unit = moved.amax(1);  // [units]
      by_unit[lesioned] = 0;
      const double scale = 1 + before.abs().max().item<double>();
      if (!(by_unit.max().item<double>() / scale <= limit_)) {
        return "without the entries that feed " + who + ", unit " +
               std::to_string(by_unit.argmax().item<int64_t>()) + " changes";
      }
      if (difference(unit(after, lesioned), unit(elsewhere, lesioned)) > limit_) {
        return "without the entries that feed " + who + ", it still depends on the input";
      }
    }
    return "";
  }

  // Some inputs: without its outgoing entries.
  std::string outgoing_fault() {
    const int64_t units = layer_.units_in();
    for (const int64_t cut : some_of(units)) {
      bool read = false;
      for (const Wiring& wiring : layer_.wiring()) {
        if (wiring.reads != kIn || wiring.in_dim == Wiring::kNone) continue;
        zero_outgoing(wiring, wiring.parameter.tensor(), units, cut);
        read = true;
      }
      if (!read) return "";
      const Tensor before = layer_.forward(probe_.input);
      Tensor changed = probe_.input.clone();
      unit(changed, cut).add_(1);
      const Tensor after = layer_.forward(changed);
      keeper_.restore();
      if (difference(after, before) > limit_) {
        return "without the entries that read input unit " + std::to_string(cut) +
               ", the output still depends on it";
      }
    }
    return "";
  }

  Layer& layer_;
  Probe probe_;
  double limit_;
  uint64_t seed_;
  ParameterKeeper keeper_;
};

Build layer_build() { return {Signature(), std::make_shared<Options>()}; }

}  // namespace

void fill_from_input(Options& options, const std::vector<int64_t>& shape) {
  for (OptionBase* option : options.all()) {
    if (!option->from_input() || option->is_set()) continue;
    const int dimension = *option->from_input();
    const auto rank = static_cast<int>(shape.size());
    if (dimension >= rank || -dimension > rank) continue;
    OptionValue value;
    value.value = shape[static_cast<size_t>(dimension < 0 ? rank + dimension : dimension)];
    value.origin = "the input";
    option->assign(option->name(), value);
  }
}

Probe Form::probe(int64_t units, uint64_t seed) const {
  std::vector<int64_t> shape{kRows};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  if (!is_integer) return probe_of(normal(shape, seed), units_last, has_steps);
  const Tensor numbers = uniform(shape, 0, static_cast<double>(units), seed).floor();
  return probe_of(numbers.to(torch::kLong), true, false);
}

std::vector<Form> forms(int64_t units, const std::vector<int64_t>& shape) {
  if (!shape.empty()) {
    const bool units_last = shape.size() < 3 && shape.back() == units;
    return {{shape, units_last, shape.size() == 2, false}, {shape, true, false, true}};
  }
  // Sizes that are not taken for the units.
  const int64_t steps = units == kSteps ? kSteps + 1 : kSteps;
  const int64_t side = units == kSide ? kSide + 1 : kSide;
  return {{{units}, true, false, false},
          {{steps, units}, true, true, false},
          {{units, steps}, false, false, false},
          {{units, side, side}, false, false, false},
          {{steps}, true, false, true}};
}

std::optional<Probe> working_probe(Layer& layer, const std::vector<int64_t>& shape, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  const int64_t units = layer.units_in();
  for (const Form& form : forms(units, shape)) {
    try {
      Probe probe = form.probe(units, seed);
      const Tensor y = layer.forward(probe.input);
      if (y.defined() && y.dim() > 1 && y.size(0) == kRows) return probe;
    } catch (...) {
      if (!current_exception_is_clean()) throw;
    }
  }
  return std::nullopt;
}

LayerNetwork::LayerNetwork(std::shared_ptr<Layer> layer) : ModelBase(layer_build()) {
  add_layer("layer", std::move(layer));
}

std::string wiring_fault(Layer& layer, const Probe& probe, double limit, uint64_t seed) {
  const torch::NoGradGuard no_grad;
  return WiringTest(layer, probe, limit, seed).fault();
}

}  // namespace modhost::conformance
