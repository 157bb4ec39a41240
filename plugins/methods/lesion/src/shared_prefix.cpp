#include "shared_prefix.h"

#include <modhost/error.h>

#include <algorithm>
#include <iterator>

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// Its units read each other within one call, so silencing what is put out comes too late.
bool recurrent(const Layer& layer) {
  return std::any_of(layer.wiring().begin(), layer.wiring().end(), [](const Wiring& wiring) {
    return wiring.in_dim != Wiring::kNone && wiring.in_dim != wiring.out_dim &&
           wiring.reads == wiring.feeds;
  });
}

// Convolutions, and the batch normalisations beside units: channels come before their positions.
// Others put out units last.
bool has_channels(const Layer& layer) {
  bool connects = false;
  for (const Wiring& wiring : layer.wiring()) {
    if (wiring.in_dim == Wiring::kNone || wiring.in_dim == wiring.out_dim) continue;
    if (wiring.parameter.tensor().dim() > 2) return true;
    connects = true;
  }
  return !connects;
}

// A layer puts out several values of a group at once; [E, ...] of which `silent` names the units.
Tensor with_silence(const Layer& layer, const Tensor& variants, const Tensor& silent) {
  std::vector<int64_t> shape(static_cast<size_t>(variants.dim()), 1);
  shape[0] = silent.size(0);
  shape[has_channels(layer) ? 2 : shape.size() - 1] = silent.size(1);
  return variants.masked_fill(silent.to(variants.device()).view(shape), 0);
}

}  // namespace

SharedPrefix::SharedPrefix(const ModelBase& model, const UnitNetwork& network,
                           const std::vector<UnitSets>& lesions, Sharing sharing)
    : size_(static_cast<int64_t>(lesions.size())) {
  std::set<int64_t> varied;
  bool first = true;
  for (const int64_t group : groups_of(lesions)) {
    const auto fed = silent_units(model, network, {group}, lesions);
    const bool put_out = std::all_of(fed.begin(), fed.end(), [](const SilentUnits& one) {
      return one.group == "out" && !recurrent(*one.layer);
    });
    if (!put_out) varied.insert(group);
    if (first && put_out && sharing == Sharing::reader) {
      reader_ = ReaderDifference::of(model, network, group, lesions);
    }
    for (const SilentUnits& one : fed) {
      if (!put_out) {
        varied_.insert(one.layer);
      } else if (first && reader_) {
        doubled_[one.layer] = one.silent.any(0, /*keepdim=*/true);
      } else {
        silent_[one.layer] = one.silent;
      }
    }
    first = false;
  }
  if (varied.empty()) return;
  std::vector<UnitSets> rest = lesions;
  for (UnitSets& lesion : rest) {
    for (auto set = lesion.begin(); set != lesion.end();) {
      set = varied.count(set->first) == 0 ? lesion.erase(set) : std::next(set);
    }
  }
  variations_ = silenced(model, network, rest);
}

Tensor SharedPrefix::spread(const Tensor& value) const {
  std::vector<int64_t> shape = value.sizes().vec();
  shape.insert(shape.begin(), size_);
  if (value.size(0) == rows_) return value.unsqueeze(0).expand(shape);
  shape[1] = value.size(0) / size_;
  return value.view(shape);
}

Tensor SharedPrefix::instead(const Layer& layer, const std::string& group, const Tensor& value) {
  return group == "in" ? read(layer, value) : put_out(layer, value);
}

Tensor SharedPrefix::read(const Layer& layer, const Tensor& value) {
  if (reader_ && reader_->layer() == &layer) {
    check(value.size(0) == 2 * rows_, ErrorCode::internal, "units are read before they are there");
    const Tensor intact = value.narrow(0, 0, rows_);
    change_ = value.narrow(0, rows_, rows_) - intact;
    return intact;
  }
  if (varied_.count(&layer) == 0 || value.size(0) != rows_) return value;
  return spread(value).flatten(0, 1);
}

Tensor SharedPrefix::put_out(const Layer& layer, const Tensor& value) {
  if (value.size(0) > 0) {
    row_bytes_ = std::max(row_bytes_, static_cast<int64_t>(value.nbytes()) / value.size(0));
  }
  if (reader_ && reader_->layer() == &layer) {
    Tensor out = (*reader_)(value, change_);
    change_ = Tensor();
    const auto found = silent_.find(&layer);
    return found == silent_.end() ? out
                                  : with_silence(layer, spread(out), found->second).flatten(0, 1);
  }
  if (const auto found = doubled_.find(&layer); found != doubled_.end()) {
    const Tensor intact = value.narrow(0, 0, rows_);
    const Tensor silent = value.size(0) == rows_ ? value : value.narrow(0, rows_, rows_);
    return torch::cat({intact, with_silence(layer, silent.unsqueeze(0), found->second)[0]});
  }
  const auto found = silent_.find(&layer);
  if (found == silent_.end()) return value;
  return with_silence(layer, spread(value), found->second).flatten(0, 1);
}

}  // namespace modhost_lesion
