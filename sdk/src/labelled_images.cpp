#include "modhost/labelled_images.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "modhost/error.h"
#include "modhost/idx.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr size_t kBytes = 256;  // values of a byte

// Where a version of an image is cut out.
struct Cut {
  int64_t right, down;  // pixels to start from, -padding .. padding
  bool mirrored;
};

Cut cut_of(const Augmentation& how, int64_t image, int64_t version) {
  const auto number = static_cast<uint64_t>(image);
  RandomStream random(derive_seed(derive_seed(how.seed, number), static_cast<uint64_t>(version)));
  const auto place = [&] {
    return static_cast<int64_t>(random.below(static_cast<uint64_t>(2 * how.padding + 1))) -
           how.padding;
  };
  const int64_t right = place(), down = place();
  return {right, down, how.mirror && random.below(2) == 1};
}

// One channel, [height, width].
void cut_out(const uint8_t* from, int64_t height, int64_t width, const Cut& cut, uint8_t* out) {
  for (int64_t y = 0; y < height; ++y) {
    const int64_t row = y + cut.down;
    for (int64_t x = 0; x < width; ++x) {
      const int64_t column = (cut.mirrored ? width - 1 - x : x) + cut.right;
      const bool inside = row >= 0 && row < height && column >= 0 && column < width;
      *out++ = inside ? from[row * width + column] : 0;
    }
  }
}

}  // namespace

int64_t LabelledImages::image_bytes() const {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

void write_idx_files(const LabelledImages& images, const std::filesystem::path& stem) {
  const std::vector<int64_t>& shape = images.shape;
  check(shape.at(0) == 1 && images.size() > 0, ErrorCode::usage,
        std::to_string(images.size()) + " images of " + std::to_string(shape[0]) +
            " channels cannot be written as '" + stem.filename().string() +
            "-images-idx3-ubyte.gz', needed are images of one");
  write_idx_gz(stem.string() + "-images-idx3-ubyte.gz",
               {{images.size(), shape[1], shape[2]}, images.pixels});
  write_idx_gz(stem.string() + "-labels-idx1-ubyte.gz", {{images.size()}, images.labels});
}

ChannelScale measured_scale(const LabelledImages& images) {
  check(images.size() > 0, ErrorCode::data, "there are no images to measure");
  const int64_t channels = images.shape.at(0), plane = images.image_bytes() / channels;
  std::vector<std::array<int64_t, kBytes>> counts(static_cast<size_t>(channels));
  const uint8_t* at = images.pixels.data();
  for (int64_t image = 0; image < images.size(); ++image) {
    for (auto& count : counts) {
      for (int64_t i = 0; i < plane; ++i) ++count[*at++];
    }
  }
  const auto number = static_cast<double>(images.size() * plane);
  ChannelScale out;
  for (const auto& count : counts) {
    double sum = 0, squares = 0;  // whole numbers below 2^53: exact
    for (size_t byte = 0; byte < kBytes; ++byte) {
      sum += static_cast<double>(count[byte]) * static_cast<double>(byte);
    }
    const double mean = sum / number;
    for (size_t byte = 0; byte < kBytes; ++byte) {
      const double away = static_cast<double>(byte) - mean;
      squares += static_cast<double>(count[byte]) * away * away;
    }
    out.mean.push_back(mean);
    out.deviation.push_back(squares > 0 ? std::sqrt(squares / (number - 1)) : 1);
  }
  return out;
}

LabelledImageSource::LabelledImageSource(ImageView view) : view_(std::move(view)) {
  const auto channels = static_cast<size_t>(view_.images->shape.at(0));
  check(view_.scale.mean.size() == channels && view_.scale.deviation.size() == channels,
        ErrorCode::internal, "a scale for other channels than the images have");
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t byte = 0; byte < kBytes; ++byte) {
      table_.push_back(static_cast<float>((static_cast<double>(byte) - view_.scale.mean[channel]) /
                                          view_.scale.deviation[channel]));
    }
  }
  if (view_.label_of.empty()) {
    view_.label_of.resize(view_.classes.size());
    std::iota(view_.label_of.begin(), view_.label_of.end(), int64_t{0});
  }
  for (const int64_t image : view_.chosen) {
    const uint8_t label = view_.images->labels.at(static_cast<size_t>(image));
    check(label < view_.label_of.size(), ErrorCode::data,
          "image " + std::to_string(image) + " has the label " + std::to_string(label) +
              ", there are only " + std::to_string(view_.label_of.size()) + " classes");
  }
}

LabelledImageSource::~LabelledImageSource() = default;

int64_t LabelledImageSource::size() const {
  return static_cast<int64_t>(view_.chosen.size()) * view_.augmentation.versions;
}

int64_t LabelledImageSource::image(int64_t index) const {
  check(index >= 0 && index < size(), ErrorCode::internal,
        "there is no sample " + std::to_string(index));
  return view_.chosen[static_cast<size_t>(index) % view_.chosen.size()];
}

int64_t LabelledImageSource::group(int64_t index) const {
  return view_.label_of[view_.images->labels[static_cast<size_t>(image(index))]];
}

void LabelledImageSource::pixels(int64_t index, uint8_t* out) const {
  const int64_t from = image(index), bytes = view_.images->image_bytes();
  const uint8_t* pixels = view_.images->pixels.data() + from * bytes;
  const std::vector<int64_t>& shape = view_.images->shape;
  std::vector<uint8_t> cut_pixels;
  if (!view_.augmentation.none()) {
    cut_pixels.resize(static_cast<size_t>(bytes));
    const Cut cut =
        cut_of(view_.augmentation, from, index / static_cast<int64_t>(view_.chosen.size()));
    const int64_t plane = shape[1] * shape[2];
    for (int64_t channel = 0; channel < shape[0]; ++channel) {
      cut_out(pixels + channel * plane, shape[1], shape[2], cut,
              cut_pixels.data() + channel * plane);
    }
    pixels = cut_pixels.data();
  }
  if (view_.pixel_order.empty()) {
    std::copy_n(pixels, bytes, out);
  } else {
    for (const int64_t pixel : view_.pixel_order) *out++ = pixels[pixel];
  }
}

void LabelledImageSource::scaled(const uint8_t* sample, float* out) const {
  const int64_t plane = view_.images->shape[1] * view_.images->shape[2];
  if (!view_.pixel_order.empty()) {
    for (const int64_t pixel : view_.pixel_order) {
      *out++ = table_[static_cast<size_t>(pixel / plane) * kBytes + *sample++];
    }
    return;
  }
  for (int64_t channel = 0; channel < view_.images->shape[0]; ++channel) {
    const float* table = &table_[static_cast<size_t>(channel) * kBytes];
    out = std::transform(sample, sample + plane, out, [=](uint8_t byte) { return table[byte]; });
    sample += plane;
  }
}

// input [n, channels, height, width] or [n, pixels], target [n].
Batch LabelledImageSource::load(const std::vector<int64_t>& indices) const {
  std::vector<int64_t> shape = view_.images->shape;
  if (!view_.pixel_order.empty()) shape = {static_cast<int64_t>(view_.pixel_order.size())};
  shape.insert(shape.begin(), static_cast<int64_t>(indices.size()));
  const Tensor input = torch::empty(shape), target = torch::empty({shape[0]}, torch::kLong);
  if (indices.empty()) return {input, target};
  const int64_t width = input.numel() / shape[0];
  std::vector<uint8_t> sample(static_cast<size_t>(width));
  for (size_t row = 0; row < indices.size(); ++row) {
    pixels(indices[row], sample.data());
    scaled(sample.data(), input.data_ptr<float>() + static_cast<int64_t>(row) * width);
    target.data_ptr<int64_t>()[row] = group(indices[row]);
  }
  return {input, target};
}

}  // namespace v1
}  // namespace modhost
