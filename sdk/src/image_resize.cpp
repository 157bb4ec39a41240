#include "image_resize.h"

#include <algorithm>
#include <cmath>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr double kCutOff = 4;  // deviations

// Where a pixel beyond the edge is taken from.
int64_t mirrored(int64_t index, int64_t count) {
  if (count == 1) return 0;
  const int64_t period = 2 * (count - 1);
  const int64_t place = ((index % period) + period) % period;
  return place < count ? place : period - place;
}

// Weights of the pixels -radius .. radius; only the one of the middle without blurring.
std::vector<double> gaussian(double deviation) {
  const auto radius = static_cast<int64_t>(kCutOff * deviation + 0.5);
  std::vector<double> out;
  double sum = 0;
  for (int64_t i = -radius; i <= radius; ++i) {
    const auto away = static_cast<double>(i);
    out.push_back(i == 0 ? 1 : std::exp(-0.5 * away * away / (deviation * deviation)));
    sum += out.back();
  }
  for (double& weight : out) weight /= sum;
  return out;
}

}  // namespace

std::vector<double> resize_matrix(int64_t in, int64_t out) {
  const double step = static_cast<double>(in) / static_cast<double>(out);
  const std::vector<double> blur = gaussian(std::max(0.0, (step - 1) / 2));
  const auto radius = static_cast<int64_t>(blur.size() / 2);
  std::vector<double> matrix(static_cast<size_t>(in * out));
  for (int64_t row = 0; row < out; ++row) {
    const double place = (static_cast<double>(row) + 0.5) * step - 0.5;
    const double low = std::floor(place);
    for (const int64_t side : {0, 1}) {
      const double share = side == 1 ? place - low : 1 - (place - low);
      const int64_t centre = mirrored(static_cast<int64_t>(low) + side, in);
      for (int64_t i = -radius; i <= radius; ++i) {
        const int64_t column = mirrored(centre + i, in);
        matrix[static_cast<size_t>(row * in + column)] +=
            share * blur[static_cast<size_t>(i + radius)];
      }
    }
  }
  return matrix;
}

void resize_plane(const std::vector<double>& down, const std::vector<double>& across,
                  const std::vector<double>& from, int64_t height, int64_t width,
                  std::vector<double>& out) {
  const int64_t wide = across.empty() ? width : static_cast<int64_t>(across.size()) / width;
  std::vector<double> narrow;  // [height, wide]
  if (across.empty()) {
    narrow = from;
  } else {
    narrow.assign(static_cast<size_t>(height * wide), 0);
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < wide; ++x) {
        const double* weight = &across[static_cast<size_t>(x * width)];
        const double* row = &from[static_cast<size_t>(y * width)];
        double sum = 0;
        for (int64_t i = 0; i < width; ++i) sum += weight[i] * row[i];
        narrow[static_cast<size_t>(y * wide + x)] = sum;
      }
    }
  }
  if (down.empty()) {
    out = std::move(narrow);
    return;
  }
  const int64_t high = static_cast<int64_t>(down.size()) / height;
  out.assign(static_cast<size_t>(high * wide), 0);
  for (int64_t y = 0; y < high; ++y) {
    for (int64_t i = 0; i < height; ++i) {
      const double weight = down[static_cast<size_t>(y * height + i)];
      for (int64_t x = 0; x < wide; ++x) {
        out[static_cast<size_t>(y * wide + x)] +=
            weight * narrow[static_cast<size_t>(i * wide + x)];
      }
    }
  }
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
