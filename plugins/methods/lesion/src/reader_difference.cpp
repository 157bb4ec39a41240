#include "reader_difference.h"

#include <modhost/nn_linear.h>
#include <modhost/ops.h>

#include <algorithm>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The only weights that read the group; nullptr when there are others, or they are not used once.
const UnitKernel* only_reader(const UnitNetwork& network, int64_t group) {
  const UnitKernel* out = nullptr;
  for (const UnitKernel& kernel : network.kernels) {
    if (kernel.from != group) continue;
    if (out != nullptr || kernel.to == group || kernel.map.groups != 1) return nullptr;
    out = &kernel;
  }
  return out;
}

const Layer* layer_of(const ModelBase& model, const UnitKernel& kernel) {
  for (const ModelBase::Slot& slot : model.layers()) {
    if (slot.name == kernel.layer) return slot.layer.get();
  }
  return nullptr;
}

// Entries of what the layer reads at which these units arrive.
Tensor entries_of(const UnitKernel& kernel, const UnitSet& units) {
  const Tensor inputs =
      kernel.map.inputs.index_select(0, torch::tensor(units, torch::kLong)).flatten();
  return inputs.masked_select(inputs >= 0);
}

const UnitSet& units_of(const UnitSets& lesion, int64_t group) {
  static const UnitSet none;
  const auto found = lesion.find(group);
  return found == lesion.end() ? none : found->second;
}

}  // namespace

std::optional<ReaderDifference> ReaderDifference::of(const ModelBase& model,
                                                     const UnitNetwork& network, int64_t group,
                                                     const std::vector<UnitSets>& lesions) {
  const UnitKernel* kernel = only_reader(network, group);
  if (kernel == nullptr) return std::nullopt;
  ReaderDifference out;
  out.layer_ = layer_of(model, *kernel);
  out.convolution_ = dynamic_cast<const nn::Conv2dLayer*>(out.layer_);
  const bool linear = dynamic_cast<const nn::LinearLayer*>(out.layer_) != nullptr;
  if (!linear && out.convolution_ == nullptr) return std::nullopt;
  const torch::NoGradGuard no_grad;
  const Tensor weight = out.layer_->wiring().front().parameter.tensor();
  int64_t most = 1;
  for (const UnitSets& lesion : lesions) {
    out.inputs_.push_back(entries_of(*kernel, units_of(lesion, group)).to(weight.device()));
    most = std::max(most, out.inputs_.back().size(0));
    if (!linear) out.weights_.push_back(weight.index_select(1, out.inputs_.back()));
  }
  if (!linear) return out;
  const auto size = static_cast<int64_t>(lesions.size());
  out.places_ = torch::full({size, most}, weight.size(1), out.inputs_.front().options());
  for (int64_t i = 0; i < size; ++i) {
    const Tensor& own = out.inputs_[static_cast<size_t>(i)];
    out.places_[i].narrow(0, 0, own.size(0)).copy_(own);
  }
  out.gathered_ = weight.t()
                      .index_select(0, out.places_.flatten().clamp_max(weight.size(1) - 1))
                      .view({size, most, weight.size(0)});
  return out;
}

Tensor ReaderDifference::operator()(const Tensor& before, const Tensor& change) const {
  return convolution_ == nullptr ? linear(before, change) : convolution(before, change);
}

// One product for each lesion, of its own rows of the transposed change.
Tensor ReaderDifference::linear(const Tensor& before, const Tensor& change) const {
  const int64_t size = places_.size(0);
  const Tensor rows = change.flatten(0, -2);  // [n, in]
  const Tensor entries = torch::cat({rows.t(), torch::zeros({1, rows.size(0)}, rows.options())});
  const Tensor own =
      entries.index_select(0, places_.flatten()).view({size, places_.size(1), rows.size(0)});
  const Tensor base = before.flatten(0, -2).unsqueeze(0);  // [1, n, out]
  std::vector<int64_t> shape = before.sizes().vec();
  shape[0] *= size;
  return torch::baddbmm(base.expand({size, -1, -1}), own.transpose(1, 2), gathered_).view(shape);
}

Tensor ReaderDifference::convolution(const Tensor& before, const Tensor& change) const {
  const auto size = static_cast<int64_t>(inputs_.size());
  std::vector<int64_t> shape = before.sizes().vec();
  shape[0] *= size;
  Tensor out = torch::empty(shape, before.options(), before.suggest_memory_format());
  for (int64_t i = 0; i < size; ++i) {
    const auto at = static_cast<size_t>(i);
    Tensor part = out.narrow(0, i * before.size(0), before.size(0));
    if (inputs_[at].numel() == 0) {
      part.copy_(before);
      continue;
    }
    const Tensor own = change.index_select(1, inputs_[at]);
    torch::add_out(
        part, before,
        ops::conv2d(own, WeightView(weights_[at]), WeightView(Tensor()), convolution_->geometry()));
  }
  return out;
}

int64_t ReaderDifference::bytes(const ModelBase& model, const UnitNetwork& network,
                                const std::vector<UnitSets>& lesions) {
  int64_t most = 0;
  for (const UnitSets& lesion : lesions) {
    for (const auto& [group, units] : lesion) {
      const UnitKernel* kernel = only_reader(network, group);
      const Layer* layer = kernel == nullptr ? nullptr : layer_of(model, *kernel);
      if (layer == nullptr) continue;
      const Tensor weight = layer->wiring().front().parameter.tensor();
      const int64_t entries = static_cast<int64_t>(units.size()) * kernel->map.inputs.size(1);
      most = std::max(most, entries * static_cast<int64_t>(weight.nbytes()) / weight.size(1));
    }
  }
  return most;
}

}  // namespace modhost_lesion
