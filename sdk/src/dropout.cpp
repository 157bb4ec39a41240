#include "dropout.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kGrain = 16384;  // entries per thread at least

// keep[i] = 1/(1-p) or 0; four entries share one block of random words.
void fill(float* keep, int64_t count, double p, uint64_t key, uint64_t step) {
  const auto limit = static_cast<uint32_t>(std::min(p * 0x1p32, 0x1p32 - 1));
  const auto scale = static_cast<float>(1 / (1 - p));
  const int64_t blocks = (count + 3) / 4;
  at::parallel_for(0, blocks, kGrain / 4, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const PhiloxCounter words =
          philox({static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32),
                  static_cast<uint32_t>(step), static_cast<uint32_t>(step >> 32)},
                 key);
      const int64_t here = std::min<int64_t>(4, count - 4 * block);
      for (int64_t i = 0; i < here; ++i) keep[4 * block + i] = words[i] >= limit ? scale : 0;
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
  const Tensor keep = torch::empty(x.sizes(), torch::kFloat);
  const int64_t count = x.numel() / parts;
  for (int64_t part = 0; part < parts; ++part) {
    fill(keep.data_ptr<float>() + part * count, count, p, keys[part], step);
  }
  return x * keep.to(x.device(), x.scalar_type());
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
