#include "mask_evaluation.h"

#include <modhost/error.h>
#include <modhost/mask.h>

#include <algorithm>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

std::string layer_of(const std::string& parameter) {
  return parameter.substr(0, parameter.rfind('.'));
}

bool matches(const std::vector<std::string>& globs, const std::string& name) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return glob_match(glob, name); });
}

void check_patterns(const std::string& option, const std::vector<std::string>& patterns,
                    const std::vector<std::string>& names) {
  for (const std::string& pattern : patterns) {
    const bool found = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return glob_match(pattern, name);
    });
    check(found, ErrorCode::config,
          "option 'method." + option + "': '" + pattern + "' matches no masked parameter",
          did_you_mean(pattern, names));
  }
}

NamedTensors bits_of(const NamedTensors& logits) {
  NamedTensors out;
  for (const auto& [name, values] : logits) {
    out.emplace_back(name, (values.detach() > 0).to(torch::kUInt8));
  }
  return out;
}

NamedTensors initial_weights(ModelBase& network, uint64_t seed, const NamedTensors& like) {
  NamedTensors trained, out;
  for (const Parameter& parameter : network.parameters()) {
    trained.emplace_back(parameter.name(), parameter.tensor().detach().clone());
  }
  network.initialize(seed);
  const torch::NoGradGuard no_grad;
  for (const Parameter& parameter : network.parameters()) {
    if (find(like, parameter.name()) != nullptr) {
      out.emplace_back(parameter.name(), parameter.tensor().detach().clone());
    }
    parameter.tensor().copy_(*find(trained, parameter.name()));
  }
  return out;
}

std::vector<double> MaskEvaluation::accuracies(const std::vector<NamedTensors>& masks,
                                               const Source& source) const {
  return under(hard_masks(network_, masks), masks.size(), source);
}

std::vector<double> MaskEvaluation::accuracies(const std::vector<NamedTensors>& masks,
                                               const Source& source,
                                               const NamedTensors& fill) const {
  Variations variations;
  for (const Parameter& parameter : network_.parameters()) {
    const Tensor* other = find(fill, parameter.name());
    if (other == nullptr) continue;
    std::vector<Tensor> variants;
    for (const NamedTensors& mask : masks) {
      const Tensor* bits = find(mask, parameter.name());
      variants.push_back(bits == nullptr
                             ? parameter.tensor()
                             : torch::where(bits->to(torch::kBool).to(parameter.tensor().device()),
                                            parameter.tensor(), *other));
    }
    variations[parameter.name()] = given_variants(torch::stack(variants).detach());
  }
  return under(variations, masks.size(), source);
}

Tensor MaskEvaluation::confusion(const NamedTensors& mask, const Source& source) const {
  EvaluateOptions options = how();
  options.confusion = true;
  return evaluate(network_, source, 1, hard_masks(network_, {mask}), options).front().confusion;
}

std::vector<Tensor> MaskEvaluation::answers(const std::vector<NamedTensors>& masks,
                                            const Source& source) const {
  EvaluateOptions options = how();
  options.answers = true;
  std::vector<Tensor> out;
  for (const Evaluation& found : evaluate(network_, source, static_cast<int64_t>(masks.size()),
                                          hard_masks(network_, masks), options)) {
    out.push_back(found.answers);
  }
  return out;
}

EvaluateOptions MaskEvaluation::how() const {
  EvaluateOptions out;
  out.limit = options_.evaluate_samples();
  out.device = experiment_.device();
  out.stop = &experiment_.stop();
  return out;
}

std::vector<double> MaskEvaluation::under(const Variations& variations, size_t masks,
                                          const Source& source) const {
  std::vector<double> out;
  for (const Evaluation& found :
       evaluate(network_, source, static_cast<int64_t>(masks), variations, how())) {
    out.push_back(found.accuracy);
  }
  return out;
}

}  // namespace modhost_diffmask
