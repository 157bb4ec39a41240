#include "triangle_resize.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace modhost_own_data {
namespace {

constexpr int kBits = 22;  // of the weights behind the point
constexpr int64_t kChannels = 3;

// Which pixels of an axis make up one that comes out.
struct Weights {
  int64_t first = 0;
  std::vector<int64_t> of;  // in units of 2^-22
};

// Output pixel `at` of an axis that is scaled from `in` to `out` pixels.
Weights weights_at(int64_t at, int64_t in, int64_t out) {
  Weights weights;
  if (in == out) return {at, {int64_t{1} << kBits}};
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double support = std::max(scale, 1.0);
  const double centre = (static_cast<double>(at) + 0.5) * scale, step = 1 / support;
  weights.first = std::max<int64_t>(static_cast<int64_t>(centre - support + 0.5), 0);
  const int64_t end = std::min(static_cast<int64_t>(centre + support + 0.5), in);
  std::vector<double> share;
  double sum = 0;
  for (int64_t i = 0; i < end - weights.first; ++i) {
    const double place = static_cast<double>(i + weights.first) - centre + 0.5;
    share.push_back(std::max(0.0, 1 - std::abs(place * step)));
    sum += share.back();
  }
  for (const double one : share) {
    const double part = sum != 0 ? one / sum : one;
    weights.of.push_back(static_cast<int64_t>(0.5 + part * (1 << kBits)));
  }
  return weights;
}

std::vector<Weights> weights_of(int64_t first, int64_t count, int64_t in, int64_t out) {
  std::vector<Weights> all;
  for (int64_t i = 0; i < count; ++i) all.push_back(weights_at(first + i, in, out));
  return all;
}

// pixel: the first of those that `weights` are for, each `stride` bytes behind the one before.
uint8_t weighted(const Weights& weights, const uint8_t* pixel, int64_t stride) {
  int64_t sum = int64_t{1} << (kBits - 1);
  for (const int64_t weight : weights.of) {
    sum += weight * *pixel;
    pixel += stride;
  }
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> kBits, 0, 255));
}

// Half of what is left over, a half rounded to the even number.
int64_t margin(int64_t length, int64_t crop) {
  const int64_t rest = length - crop;
  return rest % 2 == 0 ? rest / 2 : rest / 2 + (rest / 2) % 2;
}

}  // namespace

void resize_and_crop(const RgbImage& image, int64_t short_side, int64_t crop, uint8_t* out) {
  const int64_t shorter = std::min(image.width, image.height);
  const int64_t width = short_side * image.width / shorter;
  const int64_t height = short_side * image.height / shorter;
  const auto columns = weights_of(margin(width, crop), crop, image.width, width);
  const auto rows = weights_of(margin(height, crop), crop, image.height, height);
  const int64_t top = rows.front().first;
  const int64_t used = rows.back().first + static_cast<int64_t>(rows.back().of.size()) - top;
  std::vector<uint8_t> narrow(static_cast<size_t>(used * crop * kChannels));  // [used, crop, 3]
  uint8_t* at = narrow.data();
  for (int64_t y = top; y < top + used; ++y) {
    for (const Weights& column : columns) {
      for (int64_t channel = 0; channel < kChannels; ++channel) {
        const int64_t from = (y * image.width + column.first) * kChannels + channel;
        *at++ = weighted(column, &image.pixels[static_cast<size_t>(from)], kChannels);
      }
    }
  }
  for (int64_t channel = 0; channel < kChannels; ++channel) {
    for (const Weights& row : rows) {
      for (int64_t x = 0; x < crop; ++x) {
        const int64_t from = ((row.first - top) * crop + x) * kChannels + channel;
        *out++ = weighted(row, &narrow[static_cast<size_t>(from)], crop * kChannels);
      }
    }
  }
}

}  // namespace modhost_own_data
