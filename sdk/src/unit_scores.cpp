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

// Keeps what the views show. Each reader gets a copy of its own, so that the gradient of a copy is
// what goes through that reader alone, whoever else reads the same units.
class Keeper : public LayerObserver {
 public:
  explicit Keeper(const std::vector<std::vector<UnitView>>& groups)
      : groups_(groups), seen_(groups.size()) {}

  struct Seen {
    const UnitView* view;
    Tensor live, value;  // with its place in the graph of gradients, and as it was
  };
  const std::vector<Seen>& seen(size_t group) const { return seen_[group]; }

  void saw(const Layer& layer, const std::string& group, const Tensor& value) override {
    if (!meant(layer, group)) return;
    keep(layer, group, value, value.detach().clone());  // models may overwrite theirs
  }

  Tensor instead(const Layer& layer, const std::string& group, const Tensor& value) override {
    if (!meant(layer, group)) return value;
    Tensor own = value.clone();
    const bool differentiable = torch::GradMode::is_enabled() && own.is_floating_point();
    if (differentiable && !own.requires_grad()) own.requires_grad_(true);
    keep(layer, group, own, own.detach());
    return own;
  }

 private:
  static bool shows(const UnitView& view, const Layer& layer, const std::string& group) {
    return view.layer == &layer && view.group == group;
  }

  bool meant(const Layer& layer, const std::string& group) const {
    return std::any_of(groups_.begin(), groups_.end(), [&](const std::vector<UnitView>& views) {
      return std::any_of(views.begin(), views.end(),
                         [&](const UnitView& view) { return shows(view, layer, group); });
    });
  }

  void keep(const Layer& layer, const std::string& name, const Tensor& live, const Tensor& value) {
    for (size_t group = 0; group < groups_.size(); ++group) {
      for (const UnitView& view : groups_[group]) {
        if (shows(view, layer, name)) seen_[group].push_back({&view, live, value});
      }
    }
  }

  const std::vector<std::vector<UnitView>>& groups_;
  std::vector<std::vector<Seen>> seen_;  // of each group
};

// [rows, units] of the value's samples: the sum over places of value * gradient, or of values.
Tensor products(const Keeper::Seen& seen, const Tensor& gradient, const Batch& batch) {
  const Tensor x = gradient.defined() ? seen.value * gradient : seen.value;
  const Tensor found = detail::by_units(
      *seen.view, x.is_floating_point() ? x.to(torch::kDouble) : x, batch, batch.size());
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

// Of what was seen in each group; undefined where nothing depends on it.
std::vector<std::vector<Tensor>> gradients_of(const Tensor& scalar, const Keeper& keeper,
                                              size_t groups) {
  std::vector<Tensor> inputs;
  for (size_t group = 0; group < groups; ++group) {
    for (const Keeper::Seen& seen : keeper.seen(group)) {
      if (seen.live.requires_grad()) inputs.push_back(seen.live);
    }
  }
  std::vector<Tensor> found;
  if (!inputs.empty()) {
    found = torch::autograd::grad({scalar}, inputs, {}, false, false, /*allow_unused=*/true);
  }
  std::vector<std::vector<Tensor>> out(groups);
  size_t next = 0;
  for (size_t group = 0; group < groups; ++group) {
    for (const Keeper::Seen& seen : keeper.seen(group)) {
      out[group].push_back(seen.live.requires_grad() ? found[next++] : Tensor());
    }
  }
  return out;
}

// [rows, units] for each group; undefined for what was not seen.
std::vector<Tensor> of_batch(ModelBase& model, const std::vector<std::vector<UnitView>>& groups,
                             const Batch& batch, UnitScore kind) {
  const bool differentiates = kind != UnitScore::activation;
  const torch::AutoGradMode with_grad(differentiates);
  Keeper keeper(groups);
  const Tensor output = model.forward(batch.without_target());
  std::vector<std::vector<Tensor>> gradients;
  if (differentiates) {
    gradients = gradients_of(scalar(model, output, batch, kind), keeper, groups.size());
  }
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> out(groups.size());
  for (size_t group = 0; group < groups.size(); ++group) {
    for (size_t i = 0; i < keeper.seen(group).size(); ++i) {
      const Tensor gradient = differentiates ? gradients[group][i] : Tensor();
      if (differentiates && !gradient.defined()) continue;
      const Tensor own = products(keeper.seen(group)[i], gradient, batch);
      if (own.defined()) out[group] = out[group].defined() ? out[group] + own : own;
    }
    if (out[group].defined() && differentiates) out[group] = out[group].abs();
  }
  return out;
}

// What is differentiated goes through every reader; a value is what the last one sees.
std::vector<std::vector<UnitView>> views_for(UnitScore kind, const ModelBase& model,
                                             const UnitNetwork& network) {
  if (kind != UnitScore::activation) return detail::unit_readers(model, network);
  std::vector<std::vector<UnitView>> out;
  for (const UnitView& view : detail::unit_views(model, network, UnitValues::read)) {
    out.push_back({view});
  }
  return out;
}

}  // namespace

std::vector<Tensor> unit_scores(ModelBase& model, const UnitNetwork& network, const Source& source,
                                int64_t size, const Variations& variations,
                                const UnitScoreChoice& choice) {
  check(!model.parameters().empty(), ErrorCode::config, "the model has no parameters");
  const std::vector<std::vector<UnitView>> views = views_for(choice.kind, model, network);
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
    for (size_t group = 0; group < found.size(); ++group) {
      if (!found[group].defined()) continue;
      const Tensor sum = found[group].view({size, -1, network.groups[group].units}).sum(1).cpu();
      sums[group] = sums[group].defined() ? sums[group] + sum : sum;
    }
  }
  for (Tensor& sum : sums) {
    if (sum.defined() && samples > 0) sum.div_(static_cast<double>(samples));
  }
  return sums;
}

}  // namespace v1
}  // namespace modhost
