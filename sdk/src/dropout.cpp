#include "dropout.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr auto kChannelsLast = torch::MemoryFormat::ChannelsLast;
constexpr int64_t kGrain = 16384;  // entries per thread at least

struct Keeper {
  Keeper(double p, uint64_t key, uint64_t step)
      : limit(static_cast<uint32_t>(std::min(p * 0x1p32, 0x1p32 - 1))),
        scale(static_cast<float>(1 / (1 - p))),
        key(key),
        step(step) {}

  // to[i - first] = 1/(1-p) or 0 for the entries first <= i < last of a part; four entries share
  // one block of random words.
  void fill(int64_t first, int64_t last, float* to) const {
    for (int64_t block = first / 4; 4 * block < last; ++block) {
      const PhiloxCounter words =
          philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
                  static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32)},
                 key);
      const int64_t begin = std::max(first, 4 * block), end = std::min(last, 4 * block + 4);
      for (int64_t i = begin; i < end; ++i) to[i - first] = words[i % 4] >= limit ? scale : 0;
    }
  }

  uint32_t limit;
  float scale;
  uint64_t key, step;
};

// Entries one after another.
void fill_in_order(const Keeper& keeper, int64_t count, float* keep) {
  const int64_t blocks = (count + 3) / 4;
  at::parallel_for(0, blocks, kGrain / 4, [&](int64_t begin, int64_t end) {
    keeper.fill(4 * begin, std::min(4 * end, count), keep + 4 * begin);
  });
}

// Rows of channels and pixels, stored with the channels of a pixel next to each other: entry
// (channel c, pixel i) keeps its number c * pixels + i, so its noise is that of the other order.
void fill_channels_last(const Keeper& keeper, int64_t rows, int64_t channels, int64_t pixels,
                        float* keep) {
  const int64_t size = channels * pixels;
  at::parallel_for(0, rows, kGrain / size + 1, [&](int64_t begin, int64_t end) {
    std::vector<float> entries(static_cast<size_t>(size));
    for (int64_t row = begin; row < end; ++row) {
      keeper.fill(row * size, (row + 1) * size, entries.data());
      float* to = keep + row * size;
      for (int64_t pixel = 0; pixel < pixels; ++pixel) {
        for (int64_t c = 0; c < channels; ++c) *to++ = entries[c * pixels + pixel];
      }
    }
  });
}

}  // namespace

Tensor dropout(const Tensor& x, double p, const std::vector<uint64_t>& keys, uint64_t step) {
  if (p >= 1) return x * 0;
  const auto parts = static_cast<int64_t>(keys.size());
  check(x.size(0) % parts == 0, ErrorCode::shape,
        "a batch of " + std::to_string(x.size(0)) + " rows does not divide into " +
            std::to_string(parts) + " equal parts");
  const bool pixels = !x.is_contiguous() && x.suggest_memory_format() == kChannelsLast;
  const Tensor keep = torch::empty(x.sizes(), torch::kFloat,
                                   pixels ? kChannelsLast : torch::MemoryFormat::Contiguous);
  const int64_t count = x.numel() / parts;
  for (int64_t part = 0; part < parts; ++part) {
    const Keeper keeper(p, keys[static_cast<size_t>(part)], step);
    float* to = keep.data_ptr<float>() + part * count;
    if (pixels) {
      fill_channels_last(keeper, x.size(0) / parts, x.size(1), x.size(2) * x.size(3), to);
    } else {
      fill_in_order(keeper, count, to);
    }
  }
  return x * keep.to(x.device(), x.scalar_type());
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
