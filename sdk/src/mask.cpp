#include "modhost/mask.h"

#include <utility>

#include "modhost/error.h"
#include "modhost/random.h"
#include "sampled_mask.h"

namespace modhost {
inline namespace v1 {
namespace {

// bits [E, *shape]
class HardMask : public Variation {
 public:
  explicit HardMask(Tensor bits) : bits_(std::move(bits)) {}
  int64_t size() const override { return bits_.size(0); }
  Tensor apply(const Tensor& weight) const override {
    return weight.unsqueeze(0) * bits_.to(weight.device(), weight.scalar_type());
  }

 private:
  Tensor bits_;
};

std::vector<std::string> maskable_names(const ModelBase& model) {
  std::vector<std::string> names;
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.maskable()) names.push_back(parameter.name());
  }
  return names;
}

bool any_match(const std::vector<std::string>& patterns, const std::string& name) {
  for (const std::string& pattern : patterns) {
    if (glob_match(pattern, name)) return true;
  }
  return false;
}

void check_patterns(const std::vector<std::string>& patterns,
                    const std::vector<std::string>& names) {
  for (const std::string& pattern : patterns) {
    bool found = false;
    for (const std::string& name : names) found = found || glob_match(pattern, name);
    check(found, ErrorCode::config,
          "the pattern '" + pattern +
              "' matches no maskable parameter of the model; there are: " + join(names),
          did_you_mean(pattern, names));
  }
}

// With noise of the parameter's own.
MaskSampling of_parameter(const MaskSampling& sampling, const std::string& name) {
  MaskSampling own = sampling;
  own.noise.key = derive_seed(sampling.noise.key, name);
  for (uint64_t& key : own.noise.set_keys) key = derive_seed(key, name);
  return own;
}

}  // namespace

bool glob_match(const std::string& pattern, const std::string& name) {
  size_t p = 0, n = 0, star = std::string::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string::npos) {  // let the last star take one more character
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Masks::Masks(const ModelBase& model, const std::vector<std::string>& select,
             const std::vector<std::string>& exclude, double initial_logit, int64_t sets) {
  const std::vector<std::string> maskable = maskable_names(model);
  check_patterns(select, maskable);
  check_patterns(exclude, maskable);
  for (const Parameter& parameter : model.parameters()) {
    const std::string& name = parameter.name();
    if (!parameter.maskable() || !any_match(select, name) || any_match(exclude, name)) continue;
    const Tensor& weight = parameter.tensor();
    std::vector<int64_t> shape{sets};
    shape.insert(shape.end(), weight.sizes().begin(), weight.sizes().end());
    names_.push_back(name);
    logits_.emplace_back(name,
                         torch::full(shape, initial_logit, weight.options().requires_grad(false))
                             .set_requires_grad(true));
  }
  check(!names_.empty(), ErrorCode::config, "no parameter is left to be masked");
}

int64_t Masks::weights() const {
  int64_t count = 0;
  for (const auto& [name, logits] : logits_) count += logits[0].numel();
  return count;
}

Variations Masks::sampled(const MaskSampling& sampling) const {
  const size_t keys = sampling.noise.set_keys.size();
  check(keys == 0 || keys == static_cast<size_t>(sets()), ErrorCode::internal,
        std::to_string(keys) + " keys of noise for " + std::to_string(sets()) + " sets of logits");
  Variations variations;
  for (const auto& [name, logits] : logits_) {
    variations[name] = std::make_shared<detail::SampledMask>(logits, of_parameter(sampling, name));
  }
  return variations;
}

Variations detail::one_sample(const Masks& masks, const MaskSampling& sampling, int64_t variant) {
  Variations variations;
  for (const auto& [name, logits] : masks.logits()) {
    variations[name] = std::make_shared<OneSample>(logits, of_parameter(sampling, name), variant);
  }
  return variations;
}

Tensor Masks::penalty() const {
  std::vector<Tensor> sums;
  for (const auto& [name, logits] : logits_) sums.push_back(logits.sum());
  return torch::stack(sums).sum();
}

NamedTensors Masks::bits(int64_t set) const {
  NamedTensors out;
  for (const auto& [name, logits] : logits_) {
    out.emplace_back(name, (logits.detach()[set] > 0).to(torch::kUInt8));
  }
  return out;
}

Variations hard_masks(const ModelBase& model, const std::vector<NamedTensors>& masks) {
  Variations variations;
  for (const Parameter& parameter : model.parameters()) {
    std::vector<Tensor> bits;
    bool named = false;
    for (const NamedTensors& mask : masks) {
      const Tensor* found = find(mask, parameter.name());
      named = named || found != nullptr;
      bits.push_back(found != nullptr ? *found
                                      : torch::ones(parameter.tensor().sizes(), torch::kUInt8));
    }
    if (named) variations[parameter.name()] = std::make_shared<HardMask>(torch::stack(bits));
  }
  return variations;
}

NamedTensors inverted(const NamedTensors& mask) {
  NamedTensors out;
  for (const auto& [name, bits] : mask) out.emplace_back(name, 1 - bits);
  return out;
}

}  // namespace v1
}  // namespace modhost
