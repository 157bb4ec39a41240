#include "mask_evaluation.h"

#include <modhost/mask.h>

namespace modhost_diffmask {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

NamedTensors bits_of(const NamedTensors& logits) {
  NamedTensors out;
  for (const auto& [name, values] : logits) {
    out.emplace_back(name, (values.detach() > 0).to(torch::kUInt8));
  }
  return out;
}

std::vector<double> MaskEvaluation::accuracies(const std::vector<NamedTensors>& masks,
                                               const Source& source) const {
  EvaluateOptions how;
  how.limit = options_.evaluate_samples();
  how.device = experiment_.device();
  how.stop = &experiment_.stop();
  const auto size = static_cast<int64_t>(masks.size());
  std::vector<double> out;
  for (const Evaluation& found :
       evaluate(network_, source, size, hard_masks(network_, masks), how)) {
    out.push_back(found.accuracy);
  }
  return out;
}

}  // namespace modhost_diffmask
