#include "modhost/unit_activations.h"

#include <algorithm>
#include <numeric>

#include "modhost/error.h"
#include "unit_values.h"

namespace modhost {
inline namespace v1 {

std::vector<Tensor> unit_activations(ModelBase& model, const UnitNetwork& network,
                                     const Source& source, const ActivationChoice& choice) {
  const torch::NoGradGuard no_grad;
  check(!model.parameters().empty(), ErrorCode::config, "the model has no parameters");
  const std::vector<detail::UnitView> seen = detail::unit_views(model, network, choice.values);
  const int64_t samples =
      choice.samples > 0 ? std::min(choice.samples, source.size()) : source.size();
  std::vector<std::vector<Tensor>> parts(seen.size());
  const auto type = model.parameters().front().tensor().scalar_type();
  model.set_training(false);
  for (int64_t first = 0; first < samples; first += choice.batch_size) {
    check(choice.stop == nullptr || !choice.stop->requested(), ErrorCode::interrupted,
          "stopped while looking at units");
    std::vector<int64_t> indices(static_cast<size_t>(std::min(choice.batch_size, samples - first)));
    std::iota(indices.begin(), indices.end(), first);
    const Batch batch = source.load(indices).to(choice.device).to(type);
    detail::UnitRecorder recorder(seen, batch, choice.norm);
    model.forward(batch);
    recorder.take_input(model.signature());
    const std::vector<Tensor> values = recorder.values();
    for (size_t group = 0; group < values.size(); ++group) parts[group].push_back(values[group]);
  }
  std::vector<Tensor> out(seen.size());
  for (size_t group = 0; group < out.size(); ++group) {
    const auto& own = parts[group];
    const bool all = !own.empty() && std::all_of(own.begin(), own.end(),
                                                 [](const Tensor& x) { return x.defined(); });
    if (all) out[group] = torch::cat(own);
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
