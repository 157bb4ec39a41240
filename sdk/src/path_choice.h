// Where there are two ways to compute the same, the choice between them: by shape alone, measured,
// and nowhere else. All times: one thread, AVX-512 CPU, LibTorch 1.13 with oneDNN, forward and
// backward, smallest of up to 40 repetitions.
#pragma once

#include <cstdint>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// Images with the channels of a pixel next to each other (channels-last) instead of one plane after
// another: oneDNN copies its data into an order of its own and back for planes. The layer conv2d
// asks for it; what follows keeps the order.
//   128 images, channels, side, stride         planes    channels-last
//     3 -> 32    at 32x32                      7.7 ms    4.9 ms   (without the input's gradient)
//    64 -> 128   at 8x8                         31 ms     30 ms
//   128 -> 256   at 4x4                         27 ms     28 ms
//    16 -> 16    at 80x80, 2                    61 ms     33 ms
//    max pooling of 32 at 32x32                3.1 ms    2.4 ms
// Double precision has no oneDNN.
inline bool channels_last_pays(const Tensor& x) {
  return x.is_cpu() && x.scalar_type() == torch::kFloat;
}

// E convolutions, one for each part of a batch: a loop, or one convolution with E times the groups.
// The loop spares two copies of the data and stays channels-last, the single call E times the cost
// of a call.
//   E   rows, channels, side         products of a part   loop    grouped
//   4   32    16 -> 16    at 32x32           75 million   18 ms    32 ms
//   4   32    64 -> 128   at 8x8            151 million   30 ms    33 ms
//   4   32   128 -> 256   at 4x4            151 million   31 ms    31 ms
//   4   32     3 -> 32    at 32x32           28 million   18 ms    37 ms
//   64   8    16 -> 16    at 16x16          4.7 million   22 ms    27 ms
//   64   2    64 -> 64    at 8x8            4.7 million   25 ms    22 ms
//   64   4    16 -> 16    at 16x16          2.4 million   13 ms    13 ms
//   16   8    16 -> 16    at 8x8            1.2 million  2.1 ms   1.4 ms
//   64   2     3 -> 8     at 8x8             28 thousand  4.2 ms   0.9 ms
inline bool grouped_convolution_pays(int64_t products_of_a_part) {
  return products_of_a_part < 3'000'000;
}

// The same under sampled masks when a max pooling follows: the loop can pool each part at once, so
// that what it put out is never together in memory. That outweighs the calls where the parts put
// out much. Estimators gumbel and mean, 2x2 windows:
//   E   rows, channels, side         entries put out by a part   pooled at once   grouped, pooled
//   64   2     3 -> 32    at 32x32            66 thousand          10.5, 9.5 ms        36 ms
//   64   1     3 -> 32    at 32x32            33 thousand          10.1, 7.7 ms        17 ms
//   16   8     3 -> 16    at 16x16            33 thousand           1.7, 1.4 ms       3.6 ms
//   64   4    16 -> 16    at 16x16            16 thousand            15, 13 ms         16 ms
//   4    32    8 -> 8     at 8x8              16 thousand           1.0, 0.9 ms       0.7 ms
//   64   2     3 -> 16    at 16x16             8 thousand           4.0, 2.7 ms       3.6 ms
//   64   2     3 -> 8     at 8x8               1 thousand           3.3, 1.8 ms       0.7 ms
inline bool pooling_parts_pays(int64_t products_of_a_part, int64_t entries_of_a_part) {
  return entries_of_a_part > 24'000 || !grouped_convolution_pays(products_of_a_part);
}

// Max pooling: a kernel of ours, which keeps a byte for each result, or LibTorch's, which keeps its
// input and eight bytes. Ours wherever it can be (detail::can_max_pool: float and double on the
// CPU, windows of at most 255 entries), so there is nothing to choose by size.
//   128 images, channels, side, window     channels-last: ours, theirs    planes: ours, theirs
//    32 at 32x32, 2x2                               2.4 ms     5.0 ms       3.1 ms     21 ms
//    64 at 16x16, 2x2                               1.1 ms     1.6 ms       1.6 ms     11 ms
//   128 at 8x8, 2x2                                 0.3 ms     0.5 ms       1.2 ms    5.1 ms
//    64 at 16x16, 3x3, stride 2, padding 1          1.3 ms     1.9 ms       9.0 ms     14 ms
//     3 at 32x32, 2x2                               1.9 ms     2.5 ms       0.3 ms    1.8 ms

// A linear layer under E sampled masks: the blocked product of masked_linear.h, which never has the
// masked weights in memory, or those weights and one product of BLAS for each. For many rows BLAS
// makes up for drawing them; they must not take more memory than what the layer reads and puts out.
// Blocked against BLAS, estimator gumbel:
//   E    in = out   rows of a part: 32    128    256    512    1024   3000
//   4    100                       0.84  0.87   0.86   1.00   1.18   1.43
//   4    512                       0.48  0.74   0.90   1.0    1.27
//   4    2000                      0.62  0.84   0.97   1.02
//   8    256                       0.56  0.84   0.95   1.16   1.40
//   64   256                       0.60  0.95   1.05
inline bool whole_masked_weights_pay(int64_t rows_of_a_part, int64_t in, int64_t out) {
  return rows_of_a_part >= 400 && rows_of_a_part * (in + out) >= in * out;
}

// A linear layer whose parts have weights of their own: products of our own for one part after
// another, or those of BLAS. BLAS takes its operands into an order of its own first, which pays
// when they are large. Ten networks trained together, own products and BLAS:
//   hidden 400,400,200    300 steps of 128 rows    9.4 s and 9.0 s
//   hidden 60,60,60,60    240 steps of 32 rows    0.24 s and 0.36 s
inline bool own_products_pay(int64_t in, int64_t out) { return in * out <= 1 << 16; }

}  // namespace ops
}  // namespace v1
}  // namespace modhost
