// Loops over batches whose channels lie next to each other in memory: [n, c], and images in the
// channels-last order. One thread owns a block of rows; sums over blocks are added up in the order
// of the blocks, which do not depend on the number of threads, so neither do the bits.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "channel_kernels.h"

namespace modhost {
inline namespace v1 {
namespace ops {

// Do the channels of a pixel lie next to each other, one pixel after the other?
inline bool channels_innermost(const Tensor& x) {
  if (x.is_contiguous()) return x.numel() == x.size(0) * x.size(1);
  return x.dim() == 4 && x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

// x, copied where it is neither contiguous nor as above.
inline Tensor in_order(const Tensor& x) { return channels_innermost(x) ? x : x.contiguous(); }

// x with its entries in the order of those of `like`, which is contiguous or as above.
inline Tensor in_order_of(const Tensor& like, const Tensor& x) {
  return x.contiguous(like.is_contiguous() ? torch::MemoryFormat::Contiguous
                                           : torch::MemoryFormat::ChannelsLast);
}

// Consecutive rows of one part: [first, last) of the whole batch.
struct RowBlock {
  int64_t part, first, last;
};

inline std::vector<RowBlock> row_blocks(const ChannelLayout& layout) {
  constexpr int64_t kEntries = 32768;  // of a block, about
  const int64_t entries = std::max<int64_t>(layout.channels * layout.inner, 1);
  const int64_t rows = std::max<int64_t>(kEntries / entries, 1);
  std::vector<RowBlock> blocks;
  for (int64_t part = 0; part < layout.parts; ++part) {
    const int64_t begin = part * layout.rows, end = begin + layout.rows;
    for (int64_t at = begin; at < end; at += rows) {
      blocks.push_back({part, at, std::min(at + rows, end)});
    }
  }
  return blocks;
}

// Calls work(block index, block) for each block, in parallel.
template <typename F>
void for_each_block(const std::vector<RowBlock>& blocks, const F& work) {
  at::parallel_for(0, static_cast<int64_t>(blocks.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) work(i, blocks[static_cast<size_t>(i)]);
  });
}

// Calls work(first pixel, pixels, weight) for the pixels of a block, a few at a time that have the
// same weight: that of their row, or 1 where there are no weights.
template <typename F>
void for_each_run(const ChannelLayout& layout, const RowBlock& block, const double* row_weight,
                  const F& work) {
  constexpr int64_t kMost =
      64;  // kernels go over them twice, with a few channels in the first cache
  for (int64_t row = block.first; row < block.last;) {
    const double weight = row_weight == nullptr ? 1 : row_weight[row];
    int64_t end = row + 1;
    while (end < block.last && (row_weight == nullptr || row_weight[end] == weight)) ++end;
    for (int64_t pixel = row * layout.inner; pixel < end * layout.inner; pixel += kMost) {
      work(pixel, std::min(kMost, end * layout.inner - pixel), weight);
    }
    row = end;
  }
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
