// The matrix that the random bits of a weight tensor are counted over (see mask_kernels.h).
#pragma once

#include <string>

#include "mask_kernels.h"
#include "modhost/error.h"
#include "modhost/mask.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// One draw over S sets of logits of a weight [*shape], seen as [rows, columns].
struct MaskLayout {
  int64_t sets, samples, rows, columns;

  MaskLayout(const Tensor& logits, int64_t samples_of_each)
      : sets(logits.size(0)),
        samples(samples_of_each),
        rows(logits.dim() <= 2 ? 1 : logits.size(1)),
        columns(logits.numel() / (sets * rows)) {
    check(rows * blocks_of(columns) * (kBlock / 2) < (int64_t{1} << 32), ErrorCode::shape,
          "a masked tensor of " + std::to_string(count()) + " weights is too large to be sampled");
  }

  int64_t count() const { return rows * columns; }  // weights
  int64_t variants() const { return sets * samples; }
  int64_t groups() const { return (samples + kGroup - 1) / kGroup; }  // of each set

  // For the run of weights that begins at a block's first column.
  MaskStream stream(const MaskNoise& noise, int64_t set, int64_t group, int64_t row,
                    int64_t column) const {
    const bool own = !noise.set_keys.empty();
    return {own ? noise.set_keys[static_cast<size_t>(set)] : noise.key, noise.step,
            static_cast<uint32_t>(own ? group : set * groups() + group),
            counter_of(row, column, columns)};
  }
  // The variant that the group's sample j is.
  int64_t variant(int64_t set, int64_t group, int j) const {
    return set * samples + group * kGroup + j;
  }
  // Samples of the group, kGroup but for the last.
  int samples_in(int64_t group) const {
    return static_cast<int>(std::min<int64_t>(kGroup, samples - group * kGroup));
  }
};

// Whether the vectorised kernels know the slope at this temperature.
inline bool has_kernel(double tau) { return tau == 1 || tau == 0.5 || tau == 2.0 / 3.0; }

}  // namespace detail
}  // namespace v1
}  // namespace modhost
