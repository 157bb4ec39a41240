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

// For each part and channel the sums of `kTerms` terms over all entries, times the weight of their
// row: [parts, kTerms, channels]. add(part, at, sums) adds the terms of the pixel whose channels
// begin at `at` to sums [kTerms, channels]; so many pixels are summed up in T, all else in double.
template <typename T, int kTerms, typename Weight, typename Add>
std::vector<double> weighted_sums(const ChannelLayout& layout, const Weight& row_weight,
                                  const Add& add) {
  constexpr int64_t kPixels = 64;
  const std::vector<RowBlock> blocks = row_blocks(layout);
  const int64_t width = kTerms * layout.channels;
  std::vector<double> partial(blocks.size() * static_cast<size_t>(width), 0);
  for_each_block(blocks, [&](int64_t index, const RowBlock& block) {
    double* sums = partial.data() + index * width;
    std::vector<T> few(static_cast<size_t>(width), T(0));
    int64_t pixels = 0;  // in `few`, all of this weight
    double weight = 0;
    const auto flush = [&] {
      for (int64_t c = 0; c < width; ++c) sums[c] += weight * static_cast<double>(few[c]);
      std::fill(few.begin(), few.end(), T(0));
      pixels = 0;
    };
    for (int64_t row = block.first; row < block.last; ++row) {
      if (row_weight(row) != weight) flush();
      weight = row_weight(row);
      for (int64_t i = 0; i < layout.inner; ++i) {
        add(block.part, (row * layout.inner + i) * layout.channels, few.data());
        if (++pixels == kPixels) flush();
      }
    }
    flush();
  });
  std::vector<double> total(static_cast<size_t>(layout.parts * width), 0);
  for (size_t index = 0; index < blocks.size(); ++index) {
    double* sums = total.data() + blocks[index].part * width;
    for (int64_t c = 0; c < width; ++c) sums[c] += partial[index * width + c];
  }
  return total;
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
