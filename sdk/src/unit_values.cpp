#include "unit_values.h"

#include <algorithm>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

// Norms of the last two dimensions.
Tensor map_norm(const Tensor& maps, KernelNorm norm) {
  const bool column = maps.size(-1) == 1 || maps.size(-2) == 1;
  if (norm == KernelNorm::l1) return maps.abs().sum({-2, -1});
  if (norm == KernelNorm::induced1) return maps.abs().sum(-2).amax(-1);
  if (norm == KernelNorm::l2 || column) return maps.square().sum({-2, -1}).sqrt();
  const bool wide = maps.size(-1) > maps.size(-2);
  const Tensor across = maps.transpose(-2, -1);
  const Tensor gram = wide ? torch::matmul(maps, across) : torch::matmul(across, maps);
  return at::linalg_eigvalsh(gram, "L").select(-1, -1).clamp_min(0).sqrt();
}

bool adds_squares(KernelNorm norm) {
  return norm == KernelNorm::l2 || norm == KernelNorm::spectral;
}

// Of tokens: how often each is in a sample. `length` [samples] or undefined: only so many of a row.
Tensor counts(const Tensor& tokens, const Tensor& length, int64_t units) {
  Tensor each = torch::ones(tokens.sizes(), tokens.options().dtype(torch::kDouble));
  if (length.defined()) {
    each = (torch::arange(tokens.size(1), length.options()) < length.unsqueeze(1)).to(each);
  }
  return torch::zeros({tokens.size(0), units}, each.options()).scatter_add_(1, tokens, each);
}

// x with dimension `dim` exchanged for units and places; absent places are 0.
Tensor gathered(const Tensor& x, int64_t dim, const std::vector<std::vector<int64_t>>& inputs) {
  size_t places = 1;
  for (const auto& own : inputs) places = std::max(places, own.size());
  std::vector<int64_t> index;
  std::vector<double> there;
  for (const auto& own : inputs) {
    for (size_t place = 0; place < places; ++place) {
      index.push_back(place < own.size() ? own[place] : 0);
      there.push_back(place < own.size() ? 1 : 0);
    }
  }
  const auto units = static_cast<int64_t>(inputs.size());
  const Tensor picked = x.index_select(dim, torch::tensor(index).to(x.device()));
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape[static_cast<size_t>(dim)] = static_cast<int64_t>(index.size());
  const Tensor kept = picked * torch::tensor(there, torch::kDouble).to(x.options()).view(shape);
  std::vector<int64_t> split = kept.sizes().vec();
  split[static_cast<size_t>(dim)] = units;
  split.insert(split.begin() + dim + 1, static_cast<int64_t>(places));
  return kept.view(split);
}

// Steps past the end of a sequence count nothing.
Tensor without_padding(const Tensor& value, const Batch& batch) {
  for (const bool target : {false, true}) {
    const Tensor& length = target ? batch.target_length : batch.input_length;
    const Tensor& steps = target ? batch.target : batch.input;
    const bool fits = length.defined() && steps.defined() && steps.dim() > 1 && value.dim() == 3 &&
                      value.size(0) == steps.size(0) && value.size(1) == steps.size(1);
    if (!fits) continue;
    const Tensor inside = torch::arange(value.size(1), length.options()) < length.unsqueeze(1);
    return value * inside.unsqueeze(2);
  }
  return value;
}

}  // namespace

Tensor by_units(const UnitView& view, const Tensor& value, const Batch& batch, int64_t samples) {
  if (samples == 0 || value.dim() < 2 || value.size(0) % samples != 0) return {};
  if (!value.is_floating_point()) {
    const bool padded = batch.input_length.defined() && value.sizes() == batch.input.sizes();
    const Tensor found =
        counts(value.reshape({samples, -1}), padded ? batch.input_length : Tensor(), view.units);
    return found.view({samples, view.units, 1, 1, 1});
  }
  Tensor x = view.channels ? value : without_padding(value, batch);
  const int64_t repeats = x.size(0) / samples;
  if (view.channels && x.dim() > 2) {
    x = view.inputs.empty() ? x.unsqueeze(2) : gathered(x, 1, view.inputs);
    if (x.dim() == 4) x = x.unsqueeze(4);
    const int64_t places = x.size(2), rows = x.size(3);
    x = x.reshape({samples, repeats, x.size(1), places, rows, -1}).transpose(1, 2).flatten(2, 3);
  } else {
    x = x.reshape({x.size(0), -1, x.size(-1)});
    x = view.inputs.empty() ? x.unsqueeze(3) : gathered(x, 2, view.inputs);
    const int64_t units = x.size(2), places = x.size(3);
    x = x.reshape({samples, -1, units, places}).transpose(1, 2).reshape({samples, units, 1, -1, 1});
  }
  return x.size(1) == view.units ? x : Tensor();
}

UnitRecorder::UnitRecorder(const std::vector<UnitView>& views, const Batch& batch, KernelNorm norm)
    : views_(views), batch_(batch), norm_(norm), parts_(views.size()) {}

void UnitRecorder::saw(const Layer& layer, const std::string& group, const Tensor& value) {
  for (size_t view = 0; view < views_.size(); ++view) {
    if (views_[view].layer == &layer && views_[view].group == group) add(view, views_[view], value);
  }
}

void UnitRecorder::add(size_t at, const UnitView& view, const Tensor& value) {
  const int64_t samples = batch_.size();
  const Tensor plain = value.detach();
  const Tensor x =
      by_units(view, plain.is_floating_point() ? plain.to(torch::kDouble) : plain, batch_, samples);
  if (!x.defined()) return;
  if (x.numel() == samples * view.units) {
    parts_[at].push_back(x.reshape({samples, view.units}).cpu());
    return;
  }
  const Tensor norms = map_norm(x, norm_);  // [samples, units, matrices]
  parts_[at].push_back((adds_squares(norm_) ? norms.square().sum(2).sqrt() : norms.sum(2)).cpu());
}

void UnitRecorder::take_input(const Signature& signature) {
  for (size_t at = 0; at < views_.size(); ++at) {
    if (views_[at].layer == nullptr && views_[at].input) {
      const bool image = signature.input == Input::image || signature.input == Input::panels;
      UnitView view = views_[at];
      view.channels = image && signature.input_shape.front() == view.units;
      const bool flat = image && !view.channels;
      add(at, view, flat ? batch_.input.flatten(1) : batch_.input);
    }
  }
}

std::vector<Tensor> UnitRecorder::values() const {
  std::vector<Tensor> out(views_.size());
  for (size_t view = 0; view < views_.size(); ++view) {
    if (parts_[view].empty()) continue;
    const Tensor all = torch::stack(parts_[view], 2);  // [samples, units, calls]
    const bool one = all.size(2) == 1;
    out[view] = one                   ? all.squeeze(2)
                : adds_squares(norm_) ? all.square().sum(2).sqrt()
                                      : all.abs().sum(2);
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
