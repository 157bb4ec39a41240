// Loops over the channels of a batch that belong together: one thread owns a channel of a part, and
// sums run over a fixed number of lanes, so the result has the same bits at any number of threads
// and the compiler can still vectorise.
#pragma once

#include <ATen/Parallel.h>

#include <array>
#include <cstdint>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// Sizes of x seen as [parts, rows, channels, inner].
struct ChannelLayout {
  int64_t parts, rows, channels, inner;

  static ChannelLayout of(const Tensor& x, int64_t parts) {
    const int64_t rows = x.size(0) / parts;
    const int64_t channels = x.size(1);
    return {parts, rows, channels, c10::multiply_integers(x.sizes().slice(2))};
  }
  int64_t offset(int64_t part, int64_t row, int64_t channel) const {
    return ((part * rows + row) * channels + channel) * inner;
  }
};

// Calls work(part, channel) for each pair, in parallel; each pair is one thread's own.
template <typename F>
void for_each_channel(const ChannelLayout& layout, const F& work) {
  at::parallel_for(0, layout.parts * layout.channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) work(i / layout.channels, i % layout.channels);
  });
}

// The sum of term(0) .. term(count - 1).
template <typename T, typename F>
T lane_sum(int64_t count, const F& term) {
  constexpr int64_t kLanes = 16;
  std::array<T, kLanes> lanes{};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
  }
  T sum = 0;
  for (const T lane : lanes) sum += lane;
  for (; i < count; ++i) sum += term(i);
  return sum;
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
