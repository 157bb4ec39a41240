#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <numeric>

#include "modhost/error.h"
#include "modhost/loss.h"
#include "unit_values.h"

namespace modhost {
inline namespace v1 {
namespace {

using detail::UnitView;

// Keeps what the views show, with its place in the graph of gradients.
class Keeper : public LayerObserver {
 public:
  explicit Keeper(const std::vector<UnitView>& views) : views_(views), seen_(views.size()) {}

  void saw(const Layer& layer, const std::string& group, const Tensor& value) override {
    for (size_t view = 0; view < views_.size(); ++view) {
      const bool meant = views_[view].layer == &layer && views_[view].group == group;
      // A copy of the numbers: models may overwrite them.
      if (meant) seen_[view].push_back({value, value.detach().clone()});
    }
  }

  struct Seen {
    Tensor live, value;
  };
  std::vector<Seen>& seen(size_t view) { return seen_[view]; }

 private:
  const std::vector<UnitView>& views_;
  std::vector<std::vector<Seen>> seen_;
};

// [rows, units] of the value's samples: the sum over places of value * gradient.
Tensor products(const UnitView& view, const Keeper::Seen& seen, const Tensor& gradient,
                const Batch& batch, int64_t rows) {
  const Tensor x = gradient.defined() ? seen.value * gradient : seen.value;
  const Tensor found = detail::by_units(view, x.to(torch::kDouble), batch, rows);
  return found.defined() ? found.sum({2, 3, 4}) : found;
}

// What is differentiated: of all rows together, because each depends on its own alone.
Tensor scalar(const ModelBase& model, const Tensor& output, const Batch& batch, UnitScore kind) {
  if (kind == UnitScore::loss_gradient) {
    return loss_per_sample(model.signature(), output, batch).sum();
  }
  // Outputs that are probabilities are summed as such.
  return (model.signature().output == Output::bits ? output.sigmoid() : output).sum();
}

// [rows, units] for each view; undefined for what was not seen.
std::vector<Tensor> of_batch(ModelBase& model, const std::vector<UnitView>& views,
                             const Batch& batch, UnitScore kind) {
  const torch::AutoGradMode with_grad(kind != UnitScore::activation);
  Keeper keeper(views);
  const Tensor output = model.forward(batch.without_target());
  std::vector<Tensor> inputs;
  for (size_t view = 0; view < views.size(); ++view) {
    for (const Keeper::Seen& seen : keeper.seen(view)) {
      if (seen.live.requires_grad()) inputs.push_back(seen.live);
    }
  }
  std::vector<Tensor> gradients;
  if (kind != UnitScore::activation && !inputs.empty()) {
    gradients = torch::autograd::grad({scalar(model, output, batch, kind)}, inputs, {}, false,
                                      false, /*allow_unused=*/true);
  }
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> out(views.size());
  size_t next = 0;
  for (size_t view = 0; view < views.size(); ++view) {
    for (const Keeper::Seen& seen : keeper.seen(view)) {
      const bool differentiable = seen.live.requires_grad();
      const Tensor gradient =
          kind == UnitScore::activation || !differentiable ? Tensor() : gradients[next++];
      if (kind != UnitScore::activation && !gradient.defined()) continue;  // nothing depends on it
      const Tensor own = products(views[view], seen, gradient, batch, batch.size());
      if (own.defined()) out[view] = out[view].defined() ? out[view] + own : own;
    }
    if (out[view].defined() && kind != UnitScore::activation) out[view] = out[view].abs();
  }
  return out;
}

}  // namespace

std::vector<Tensor> unit_scores(ModelBase& model, const UnitNetwork& network, const Source& source,
                                int64_t size, const Variations& variations,
                                const UnitScoreChoice& choice) {
  check(!model.parameters().empty(), ErrorCode::config, "the model has no parameters");
  const std::vector<UnitView> views = detail::unit_views(model, network, UnitValues::read);
  const int64_t samples =
      choice.samples > 0 ? std::min(choice.samples, source.size()) : source.size();
  const auto type = model.parameters().front().tensor().scalar_type();
  std::vector<Tensor> sums(views.size());
  model.set_training(false);
  const EnsembleScope scope(model, size, variations);
  for (int64_t first = 0; first < samples; first += choice.batch_size) {
    check(choice.stop == nullptr || !choice.stop->requested(), ErrorCode::interrupted,
          "stopped while scoring units");
    std::vector<int64_t> indices(static_cast<size_t>(std::min(choice.batch_size, samples - first)));
    std::iota(indices.begin(), indices.end(), first);
    const Batch batch = repeated(source.load(indices).to(choice.device).to(type), size);
    const std::vector<Tensor> found = of_batch(model, views, batch, choice.kind);
    for (size_t view = 0; view < found.size(); ++view) {
      if (!found[view].defined()) continue;
      const Tensor sum = found[view].view({size, -1, views[view].units}).sum(1).cpu();
      sums[view] = sums[view].defined() ? sums[view] + sum : sum;
    }
  }
  for (Tensor& sum : sums) {
    if (sum.defined() && samples > 0) sum.div_(static_cast<double>(samples));
  }
  return sums;
}

}  // namespace v1
}  // namespace modhost
