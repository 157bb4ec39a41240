// One axis of a bilinear, anti-aliased resizing as a matrix.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

// [out, in], rows that sum to 1: a Gaussian of deviation (in / out - 1) / 2 cut off at 4 deviations
// when there is less to come out than goes in, then linear interpolation between pixel centres;
// beyond the edge pixels are mirrored about the centre of the last one. scipy's
// gaussian_filter(mode="mirror") and skimage's resize(order=1, mode="reflect", anti_aliasing=True).
std::vector<double> resize_matrix(int64_t in, int64_t out);

// down [h2, h], across [w2, w], from [h, w] -> out [h2, w2]; an empty matrix leaves its axis alone.
void resize_plane(const std::vector<double>& down, const std::vector<double>& across,
                  const std::vector<double>& from, int64_t height, int64_t width,
                  std::vector<double>& out);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
