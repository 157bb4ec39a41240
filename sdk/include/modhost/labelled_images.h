// Images with labels that lie in memory as bytes, and sources of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "modhost/dataset.h"

namespace modhost {
inline namespace v1 {

struct LabelledImages {
  std::vector<int64_t> shape;   // of one image: {channels, height, width}
  std::vector<uint8_t> pixels;  // [n, channels, height, width]
  std::vector<uint8_t> labels;  // [n]

  int64_t size() const { return static_cast<int64_t>(labels.size()); }
  int64_t image_bytes() const;
};

// Images of one channel as `stem`-images-idx3-ubyte.gz and `stem`-labels-idx1-ubyte.gz, the format
// of MNIST. Error(usage) for images of more channels, and when there are none.
void write_idx_files(const LabelledImages& images, const std::filesystem::path& stem);

// In channel c a byte b becomes (b - mean[c]) / deviation[c].
struct ChannelScale {
  std::vector<double> mean, deviation;
};

// Mean and deviation (over n - 1) of all pixels of each channel, from exact sums; the deviation of
// a channel that never changes is 1. Error(data) when there are no images.
ChannelScale measured_scale(const LabelledImages& images);

// Each version of an image is a random part of it: moved by up to `padding` pixels in each
// direction, with zeros where there was nothing, and mirrored every other time. Version v of image
// i is a function of seed, i and v alone. As sources have fixed samples, all versions are samples
// of their own: an epoch shows each image `versions` times, each time another one.
struct Augmentation {
  int64_t padding = 0;
  bool mirror = false;
  int64_t versions = 1;
  uint64_t seed = 0;

  bool none() const { return padding == 0 && !mirror; }
};

// What a source shows of some images.
struct ImageView {
  std::shared_ptr<const LabelledImages> images;
  std::vector<int64_t> chosen;         // which, in this order
  std::vector<std::string> classes;    // names of the labels that come out
  std::vector<int64_t> label_of = {};  // what each label of `images` becomes; empty: itself
  ChannelScale scale = {};
  Augmentation augmentation = {};
  // Not empty: value i of a sample is pixel pixel_order[i], and samples are features [n] instead of
  // images.
  std::vector<int64_t> pixel_order = {};
};

// Sample v * chosen.size() + k is version v of image chosen[k]. Groups are the classes.
class LabelledImageSource : public Source {
 public:
  // Error(data) for a label without a class.
  explicit LabelledImageSource(ImageView view);
  ~LabelledImageSource() override;

  int64_t size() const override;
  Batch load(const std::vector<int64_t>& indices) const override;
  std::vector<std::string> groups() const override { return view_.classes; }
  int64_t group(int64_t index) const override;

  // Which of the images a sample shows.
  int64_t image(int64_t index) const;
  // What a sample looks like: [channels, height, width], or in the order of pixel_order.
  void pixels(int64_t index, uint8_t* out) const;

 private:
  void scaled(const uint8_t* sample, float* out) const;

  ImageView view_;
  std::vector<float> table_;  // [channels, 256]: what each byte becomes
};

}  // namespace v1
}  // namespace modhost
