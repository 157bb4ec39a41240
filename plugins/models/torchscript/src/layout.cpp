#include "layout.h"

#include <modhost/error.h>

#include <cmath>
#include <limits>

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

struct Extents {
  int64_t outer, inner;
};

Extents extents_of(int64_t each, const Layout& layout) {
  if (layout.outer == 1) return {1, each};
  return {each / layout.inner, layout.inner};
}

Extents extents(int64_t size, const Layout& layout, int64_t rows) {
  check(size % rows == 0, ErrorCode::shape,
        "a tensor of " + std::to_string(size) + " entries does not divide into " +
            std::to_string(rows) + " samples");
  return extents_of(size / rows, layout);
}

// [..., outer * rows * inner, ...] -> [..., outer, rows, inner, ...]
Tensor split(const Tensor& x, int64_t axis, const Extents& extent, int64_t rows) {
  return x.unflatten(axis, {extent.outer, rows, extent.inner});
}

// The one dimension that grows with the batch; -1: none, -2: more than one, or otherwise.
int64_t batch_axis(const Tensor& base, const Tensor& resized, const Trial& trial) {
  if (base.dim() != resized.dim()) return -2;
  int64_t axis = Layout::kNone;
  for (int64_t d = 0; d < base.dim(); ++d) {
    if (base.size(d) == resized.size(d)) continue;
    if (axis != Layout::kNone || base.size(d) % trial.rows != 0) return -2;
    if (base.size(d) / trial.rows * trial.other_rows != resized.size(d)) return -2;
    axis = d;
  }
  return axis;
}

// Do the differences lie in the entries of one sample alone?
bool only_of_sample(const Tensor& differs, const Extents& extent, int64_t rows, int64_t sample) {
  const Tensor by_sample =
      differs.view({extent.outer, rows, extent.inner}).to(torch::kInt).sum(2).sum(0);
  return by_sample.sum().item<int64_t>() == by_sample[sample].item<int64_t>();
}

}  // namespace

std::optional<FoundLayout> find_layout(const Sighting& seen, const Trial& trial) {
  if (seen.base.sizes() != seen.perturbed.sizes()) return std::nullopt;
  const int64_t axis = batch_axis(seen.base, seen.resized, trial);
  if (axis < Layout::kNone) return std::nullopt;
  // Not a number is different from itself, but not because of the sample.
  const Tensor both_nan = seen.base.isnan().logical_and(seen.perturbed.isnan());
  const Tensor differs = seen.base.ne(seen.perturbed).logical_and(both_nan.logical_not());
  if (axis == Layout::kNone) {
    if (differs.any().item<bool>()) return std::nullopt;
    return FoundLayout{};
  }
  const Tensor along = differs.movedim(axis, 0).reshape({differs.size(axis), -1}).any(1);
  const int64_t each = seen.base.size(axis) / trial.rows;
  for (int64_t outer = 1; outer <= each; ++outer) {
    if (each % outer != 0) continue;
    const Extents extent{outer, each / outer};
    if (!only_of_sample(along, extent, trial.rows, trial.changed)) continue;
    return FoundLayout{{axis, outer, extent.inner}, along.any().item<bool>()};
  }
  return std::nullopt;
}

Tensor part_of(const Tensor& x, const Layout& layout, int64_t rows, int64_t parts, int64_t part) {
  if (layout.shared() || parts == 1) return x;
  const int64_t some = rows / parts;
  const Extents extent = extents(x.size(layout.axis), layout, rows);
  if (extent.outer == 1) {
    return x.narrow(layout.axis, part * some * extent.inner, some * extent.inner);
  }
  return split(x, layout.axis, extent, rows)
      .narrow(layout.axis + 1, part * some, some)
      .flatten(layout.axis, layout.axis + 2);
}

Tensor joined(const std::vector<Tensor>& parts, const Layout& layout, int64_t rows) {
  if (parts.size() == 1) return parts.front();
  check(!layout.shared(), ErrorCode::shape, "a result differs between the parts of the batch");
  const int64_t some = rows / static_cast<int64_t>(parts.size());
  if (layout.outer == 1) return torch::cat(parts, layout.axis);
  std::vector<Tensor> pieces;
  for (const Tensor& part : parts) {
    const Extents extent = extents(part.size(layout.axis), layout, some);
    pieces.push_back(split(part, layout.axis, extent, some));
  }
  return torch::cat(pieces, layout.axis + 1).flatten(layout.axis, layout.axis + 2);
}

double relative_difference(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  if (a.numel() == 0) return 0;
  const Tensor both_nan = a.isnan().logical_and(b.isnan());
  const double scale = std::max(1.0, b.abs().nan_to_num().max().item<double>());
  const double found = (a - b).abs().masked_fill(both_nan, 0).max().item<double>() / scale;
  return std::isnan(found) ? std::numeric_limits<double>::infinity() : found;
}

Tensor rows_first(const Tensor& x, const Layout& layout, int64_t rows) {
  if (layout.rows_first()) return x;
  const Extents extent = extents(x.size(layout.axis), layout, rows);
  if (extent.outer * extent.inner == 1) return x.movedim(layout.axis, 0);
  const Tensor moved = split(x, layout.axis, extent, rows).movedim(layout.axis + 1, 0);
  if (layout.axis == 0) return moved.flatten(0, 2);
  return moved.flatten(layout.axis + 1, layout.axis + 2);
}

Tensor rows_back(const Tensor& y, const Layout& layout, int64_t rows, int64_t each) {
  if (layout.rows_first()) return y;
  if (each == 1) return y.movedim(0, layout.axis);
  const Extents extent = extents_of(each, layout);
  if (layout.axis == 0) {
    return y.unflatten(0, {rows, extent.outer, extent.inner}).movedim(0, 1).flatten(0, 2);
  }
  return y.unflatten(layout.axis + 1, {extent.outer, extent.inner})
      .movedim(0, layout.axis + 1)
      .flatten(layout.axis, layout.axis + 2);
}

}  // namespace modhost_torchscript
