#include <algorithm>
#include <cmath>

#include "image_resize.h"
#include "modhost/error.h"
#include "modhost/image_changes.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr double kLuma[] = {0.2125, 0.7154, 0.0721};  // of ITU-R BT.709, as skimage has them
constexpr int64_t kColours = 3;
constexpr double kWhite = 255;

uint8_t rounded(double value) {
  return static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, kWhite)));
}

// "28x28" or "3x32x32".
std::string shape_words(const std::vector<int64_t>& shape) {
  const std::string plane = std::to_string(shape[1]) + "x" + std::to_string(shape[2]);
  return shape[0] == 1 ? plane : std::to_string(shape[0]) + "x" + plane;
}

}  // namespace

ImageChanger::ImageChanger(const ImageChanges& changes, const std::vector<int64_t>& shape)
    : changes_(changes), from_(shape), part_(shape) {
  check(!changes.grey || shape.at(0) == kColours, ErrorCode::config,
        "option 'dataset.grey' is for colour images, these are " + shape_words(shape));
  if (changes.grey) part_[0] = 1;
  if (changes.side > 0) part_[1] = part_[2] = changes.side;
  if (changes.halves()) {
    check(part_[2] % 2 == 0, ErrorCode::config,
          "option 'dataset.compose' puts two halves side by side, and images of " +
              std::to_string(part_[2]) + " pixels have no half",
          "add --dataset.resize " + std::to_string(part_[2] + 1));
    part_[2] /= 2;
  }
  if (part_[1] != from_[1]) down_ = detail::resize_matrix(from_[1], part_[1]);
  if (part_[2] != from_[2]) across_ = detail::resize_matrix(from_[2], part_[2]);
  whole_ = part_;
  if (changes.halves()) whole_[2] *= 2;
  if (changes.pairs() && !changes.halves()) whole_[0] *= 2;
  check(changes.tile == 1 || whole_[0] == 1, ErrorCode::config,
        "option 'dataset.tile' repeats a single channel, these images have " +
            std::to_string(whole_[0]),
        part_[0] == 1 ? "" : "add --dataset.grey true");
  whole_[0] *= changes.tile;
}

void ImageChanger::part(const uint8_t* from, uint8_t* out) const {
  const int64_t plane = from_[1] * from_[2], out_plane = part_[1] * part_[2];
  const int64_t channels = from_[0];
  std::vector<double> values(static_cast<size_t>(part_[0] * out_plane)), one, resized;
  for (int64_t channel = 0; channel < channels; ++channel) {
    one.assign(from + channel * plane, from + (channel + 1) * plane);
    detail::resize_plane(down_, across_, one, from_[1], from_[2], resized);
    const double share = changes_.grey ? kLuma[channel] : 1;
    double* into = values.data() + (changes_.grey ? 0 : channel * out_plane);
    for (int64_t i = 0; i < out_plane; ++i) into[i] += share * resized[static_cast<size_t>(i)];
  }
  const double most = *std::max_element(values.begin(), values.end());
  const double stretch = changes_.halves() && most > 0 ? kWhite / most : 1;
  std::transform(values.begin(), values.end(), out,
                 [&](double value) { return rounded(value * stretch); });
}

void ImageChanger::whole(const uint8_t* first, const uint8_t* second, uint8_t* out) const {
  const int64_t plane = part_[1] * part_[2], bytes = part_[0] * plane;
  if (changes_.halves()) {
    const int64_t width = part_[2], rows = part_[0] * part_[1];
    std::vector<uint8_t> both(static_cast<size_t>(2 * bytes));
    for (int64_t row = 0; row < rows; ++row) {
      std::copy_n(first + row * width, width, &both[static_cast<size_t>(2 * row * width)]);
      std::copy_n(second + row * width, width, &both[static_cast<size_t>((2 * row + 1) * width)]);
    }
    for (int64_t copy = 0; copy < changes_.tile; ++copy) {
      out = std::copy(both.begin(), both.end(), out);
    }
    return;
  }
  for (int64_t copy = 0; copy < changes_.tile; ++copy) out = std::copy_n(first, bytes, out);
  if (changes_.pairs()) std::copy_n(second, bytes, out);
}

ChannelScale ImageChanger::scale(const ChannelScale& parts) const {
  ChannelScale out;
  for (int64_t channel = 0; channel < whole_[0]; ++channel) {
    const auto from = static_cast<size_t>(channel % part_[0]);
    out.mean.push_back(parts.mean.at(from));
    out.deviation.push_back(parts.deviation.at(from));
  }
  return out;
}

std::vector<int64_t> shown_shape(const std::vector<int64_t>& shape) {
  const int64_t channels = shape[0] % kColours == 0 ? kColours : 1;
  return {channels, shape[1], shape[2] * (shape[0] / channels)};
}

void shown_pixels(const std::vector<int64_t>& shape, const uint8_t* pixels, uint8_t* out) {
  const std::vector<int64_t> shown = shown_shape(shape);
  const int64_t images = shape[0] / shown[0];
  for (int64_t channel = 0; channel < shown[0]; ++channel) {
    for (int64_t y = 0; y < shape[1]; ++y) {
      for (int64_t image = 0; image < images; ++image) {
        const int64_t from = ((image * shown[0] + channel) * shape[1] + y) * shape[2];
        out = std::copy_n(pixels + from, shape[2], out);
      }
    }
  }
}

}  // namespace v1
}  // namespace modhost
