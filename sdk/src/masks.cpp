// The masks of a model: which logits decide about which weights.
#include <algorithm>
#include <utility>

#include "mask_variations.h"
#include "modhost/error.h"
#include "modhost/mask_family.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

bool any_match(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return glob_match(pattern, name); });
}

void check_patterns(const std::vector<std::string>& patterns,
                    const std::vector<std::string>& names) {
  for (const std::string& pattern : patterns) {
    const bool found = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return glob_match(pattern, name);
    });
    check(found, ErrorCode::config,
          "the pattern '" + pattern +
              "' matches no maskable parameter of the model; there are: " + join(names),
          did_you_mean(pattern, names));
  }
}

std::vector<Parameter> chosen_parameters(const ModelBase& model, const MaskChoice& choice) {
  std::vector<Parameter> maskable, out;
  std::vector<std::string> names;
  for (const Parameter& parameter : model.parameters()) {
    if (!parameter.maskable()) continue;
    maskable.push_back(parameter);
    names.push_back(parameter.name());
  }
  check_patterns(choice.select, names);
  check_patterns(choice.exclude, names);
  for (const Parameter& parameter : maskable) {
    const std::string& name = parameter.name();
    if (any_match(choice.select, name) && !any_match(choice.exclude, name))
      out.push_back(parameter);
  }
  check(!out.empty(), ErrorCode::config, "no parameter is left to be masked");
  return out;
}

// The units that a parameter feeds: those of the first wiring that names it.
struct Fed {
  std::string group;  // "LAYER:GROUP"
  int64_t units;
  int64_t dim;
};

// A parameter that no wiring names has its units in its first dimension.
Fed units_fed(const ModelBase& model, const Parameter& parameter) {
  for (const auto& slot : model.layers()) {
    for (const Wiring& wiring : slot.layer->wiring()) {
      if (!wiring.parameter.same_as(parameter)) continue;
      return {slot.name + ":" + wiring.feeds, slot.layer->units(wiring.feeds), wiring.out_dim};
    }
  }
  const Tensor& tensor = parameter.tensor();
  return {parameter.name() + ":rows", tensor.dim() == 0 ? 1 : tensor.size(0), 0};
}

// With noise of its own for what these logits decide about.
MaskSampling own(const MaskSampling& sampling, const std::string& name) {
  MaskSampling out = sampling;
  out.noise.key = derive_seed(sampling.noise.key, name);
  for (uint64_t& key : out.noise.set_keys) key = derive_seed(key, name);
  return out;
}

}  // namespace

Masks::Masks(const ModelBase& model, const MaskChoice& choice)
    : family_(choice.family != nullptr ? choice.family : gumbel_masks()) {
  const std::vector<Parameter> chosen = chosen_parameters(model, choice);
  for (const Parameter& parameter : chosen) {
    const std::string& name = parameter.name();
    names_.push_back(name);
    Fed fed{name, 0, -1};
    if (choice.unit == MaskUnit::unit) fed = units_fed(model, parameter);
    const auto known = std::find_if(logits_.begin(), logits_.end(),
                                    [&](const auto& there) { return there.first == fed.group; });
    const auto at = static_cast<size_t>(known - logits_.begin());
    masked_.push_back({name, parameter.tensor().sizes().vec(), at, fed.dim});
    if (known != logits_.end()) continue;
    std::vector<int64_t> shape{choice.sets};
    if (fed.dim < 0) {
      shape.insert(shape.end(), masked_.back().shape.begin(), masked_.back().shape.end());
    } else {
      shape.push_back(fed.units);
    }
    logits_.emplace_back(fed.group, torch::full(shape, choice.initial_logit,
                                                parameter.tensor().options().requires_grad(false)));
  }
  read_off(chosen);
  for (const auto& [name, logits] : logits_) Tensor(logits).set_requires_grad(family_->trained());
}

// The sizes of weights, or of units: the root of the sum of squares of what feeds them.
void Masks::read_off(const std::vector<Parameter>& chosen) {
  if (family_->trained()) return;
  const torch::NoGradGuard no_grad;
  for (size_t group = 0; group < logits_.size(); ++group) {
    Tensor& logits = logits_[group].second;
    Tensor squares = torch::zeros(logits.sizes().slice(1), logits.options());
    for (size_t i = 0; i < masked_.size(); ++i) {
      if (masked_[i].logits == group) squares += gathered(masked_[i], chosen[i].tensor().square());
    }
    logits.copy_(family_->read_off(squares.sqrt()).expand_as(logits));
  }
}

int64_t Masks::weights() const {
  int64_t count = 0;
  for (const Masked& masked : masked_) count += c10::multiply_integers(masked.shape);
  return count;
}

const std::string& Masks::logits_of(const std::string& parameter) const {
  for (const Masked& masked : masked_) {
    if (masked.name == parameter) return logits_[masked.logits].first;
  }
  throw Error(ErrorCode::internal, "no mask over '" + parameter + "'");
}

// Of units [n, units] to weights [n, *shape].
Tensor Masks::spread(const Masked& masked, const Tensor& values) const {
  return masked.dim < 0 ? values : detail::over_units(values, masked.shape, masked.dim);
}

// The sum of what belongs to each unit: [*shape] -> [units].
Tensor Masks::gathered(const Masked& masked, const Tensor& values) const {
  if (masked.dim < 0) return values;
  const int64_t units = logits_[masked.logits].second.size(1);
  return values.movedim(masked.dim, -1).reshape({-1, units}).sum(0);
}

Variations Masks::variations(const MaskSampling& sampling, int64_t first, int64_t count) const {
  const size_t keys = sampling.noise.set_keys.size();
  check(keys == 0 || keys == static_cast<size_t>(sets()), ErrorCode::internal,
        std::to_string(keys) + " keys of noise for " + std::to_string(sets()) + " sets of logits");
  Variations out;
  for (const Masked& masked : masked_) {
    const auto& [name, logits] = logits_[masked.logits];
    auto variation = detail::variation_of(family_, logits, own(sampling, name), first, count);
    if (masked.dim >= 0) {
      variation = std::make_shared<detail::UnitVariation>(variation, logits, masked.dim);
    }
    out[masked.name] = std::move(variation);
  }
  return out;
}

Variations Masks::sampled(const MaskSampling& sampling) const {
  return variations(sampling, 0, sets() * sampling.samples);
}

Variations Masks::sampled(const MaskSampling& sampling, int64_t variant) const {
  return variations(sampling, variant, 1);
}

NamedTensors Masks::weight_logits(int64_t set) const {
  NamedTensors out;
  for (const Masked& masked : masked_) {
    const Tensor own = logits_[masked.logits].second.detach()[set];
    out.emplace_back(masked.name, spread(masked, own.unsqueeze(0)).squeeze(0));
  }
  return out;
}

NamedTensors Masks::bits(int64_t set) const {
  NamedTensors out;
  for (const auto& [name, logits] : weight_logits(set)) {
    out.emplace_back(name, (logits > 0).to(torch::kUInt8));
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
