#include "area_resample.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "modhost/error.h"

namespace modhost::raven {
namespace {

constexpr int kMaxSide = 1024;

// sums[x] = sum over rows of weight * row[x]; at most 160 * 255, which fits 16 bits.
void add_rows(const uint8_t* __restrict rows, const std::vector<uint16_t>& weights,
              uint16_t* __restrict sums) {
  std::memset(sums, 0, kCanvas * sizeof(uint16_t));
  for (const uint16_t weight : weights) {
    for (int x = 0; x < kCanvas; ++x) {
      sums[x] = static_cast<uint16_t>(sums[x] + weight * rows[x]);
    }
    rows += kCanvas;
  }
}

}  // namespace

AreaResampler::AreaResampler(int side) : side_(side) {
  if (side < 1 || side > kMaxSide) {
    throw Error(ErrorCode::config, "image side is " + std::to_string(side) + ", needed 1 to " +
                                       std::to_string(kMaxSide));
  }
  // In units of 1/side of an input pixel, output pixel i covers [160 i, 160 (i + 1)).
  for (int index = 0; index < side; ++index) {
    const int begin = index * kCanvas;
    const int end = begin + kCanvas;
    Taps taps = {begin / side, {}};
    for (int pixel = taps.first; pixel * side < end; ++pixel) {
      const int covered = std::min(end, (pixel + 1) * side) - std::max(begin, pixel * side);
      taps.weights.push_back(static_cast<uint16_t>(covered));
    }
    taps_.push_back(std::move(taps));
  }
}

void AreaResampler::apply_panel(const uint8_t* input, uint8_t* output) const {
  constexpr uint32_t kWhole = kCanvas * kCanvas;
  alignas(32) std::array<uint16_t, kCanvas> sums;
  for (const Taps& row : taps_) {
    add_rows(input + row.first * kCanvas, row.weights, sums.data());
    for (const Taps& column : taps_) {
      const uint16_t* sum = sums.data() + column.first;
      uint32_t total = kWhole / 2;
      for (const uint16_t weight : column.weights) total += uint32_t{weight} * *sum++;
      *output++ = static_cast<uint8_t>(total / kWhole);
    }
  }
}

void AreaResampler::apply(const uint8_t* input, size_t panels, uint8_t* output) const {
  const size_t out_pixels = static_cast<size_t>(side_) * static_cast<size_t>(side_);
  if (side_ == kCanvas) {
    std::memcpy(output, input, panels * out_pixels);
    return;
  }
  for (size_t panel = 0; panel < panels; ++panel) {
    apply_panel(input + panel * kCanvas * kCanvas, output + panel * out_pixels);
  }
}

}  // namespace modhost::raven
