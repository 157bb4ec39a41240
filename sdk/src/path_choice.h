// Where there are two ways to compute the same, the choice between them: by shape alone, measured,
// and nowhere else. All times: one thread, AVX-512 CPU, LibTorch 1.13 with oneDNN, forward and
// backward, smallest of up to 40 repetitions.
#pragma once

#include <cstdint>

namespace modhost {
inline namespace v1 {
namespace ops {

// E convolutions, one for each part of a batch: a loop, or one convolution with E times the groups.
// The loop spares two copies of the data, the single call E times the cost of a call.
//   E   rows, channels, side         products of a part   loop    grouped
//   4   32    16 -> 16    at 32x32           75 million   25 ms    27 ms
//   4   32    64 -> 128   at 8x8            151 million   30 ms    30 ms
//   4   32   128 -> 256   at 4x4            151 million   31 ms    42 ms
//   4   32     3 -> 32    at 32x32           28 million   25 ms    32 ms
//   64   2    64 -> 64    at 8x8            4.7 million   28 ms    21 ms
//   64   4    16 -> 16    at 16x16          2.4 million   18 ms    12 ms
//   64   2     3 -> 8     at 8x8             28 thousand  6.2 ms   1.0 ms
inline bool grouped_convolution_pays(int64_t products_of_a_part) {
  return products_of_a_part < 10'000'000;
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
