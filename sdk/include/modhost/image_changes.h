// Images made of other images: grey, smaller, two side by side, two as channels of one, with labels
// of chance. The data sets of the clusterability studies (Filan et al. 2021, arXiv:2103.03386; Hod
// et al. 2021, arXiv:2110.08058).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "modhost/image_source.h"
#include "modhost/labelled_images.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {

// What is done to labelled images, in this order.
struct ImageChanges {
  // What two images become. halves: each narrowed to half the width, side by side; stacked: the
  // channels of both. Any two images, labelled with the sum of their labels modulo the number of
  // classes; or, _same, each image with a random one of its class.
  enum class Compose { none, halves, halves_same, stacked, stacked_same };

  bool grey = false;  // colour images
  int64_t side = 0;   // of the image that comes out; 0: as it is
  Compose compose = Compose::none;
  int64_t tile = 1;            // copies of a single channel
  bool random_labels = false;  // uniform, whatever the image shows
  uint64_t seed = 0;           // of pairs and labels

  bool none() const;
  bool halves() const { return compose == Compose::halves || compose == Compose::halves_same; }
  bool sums() const { return compose == Compose::halves || compose == Compose::stacked; }
  bool pairs() const { return compose != Compose::none; }
  // Names of the labels that come out: "sum_0", "label_0" where a class is not seen any more.
  std::vector<std::string> classes(const std::vector<std::string>& names) const;
  // For a line about the data: ", 7x7 pixels, random labels"; empty without changes.
  std::string text() const;
};

// The options for it; a member of the options of a dataset.
struct ImageChangesOptions {
  explicit ImageChangesOptions(Options& owner);

  Option<bool> grey;
  Option<int64_t> resize;
  Option<std::string> compose;
  Option<int64_t> tile;
  Option<bool> random_labels;

  ImageChanges changes(uint64_t seed) const;
};

// What images of one shape become. Functions of their arguments alone, for any thread.
class ImageChanger {
 public:
  // shape: {channels, height, width}. Error(config) for what the images do not allow.
  ImageChanger(const ImageChanges& changes, const std::vector<int64_t>& shape);

  // What is made of one image, before two are put together.
  const std::vector<int64_t>& part_shape() const { return part_; }
  const std::vector<int64_t>& shape() const { return whole_; }
  // Resizing is bilinear with a Gaussian before it when the image gets smaller, as skimage's
  // resize(anti_aliasing=True); each half is then stretched so that its brightest pixel is 255.
  // Grey is 0.2125 R + 0.7154 G + 0.0721 B. from: an image; out: [part_shape].
  void part(const uint8_t* from, uint8_t* out) const;
  // first, second: parts; without pairs the second is not looked at. out: [shape].
  void whole(const uint8_t* first, const uint8_t* second, uint8_t* out) const;
  // Of the channels of parts, to the channels of wholes.
  ChannelScale scale(const ChannelScale& parts) const;

 private:
  ImageChanges changes_;
  std::vector<int64_t> from_, part_, whole_;
  std::vector<double> down_, across_;  // [out, in] of columns and of rows; empty: as it is
};

// What becomes of `labels`: which two images of the same list are put together, and the label.
struct ImagePair {
  int64_t first, second, label;
};

// As many as labels, each 0 .. classes-1. Of _same, image i comes first and the second is one of
// the first m of its class, where m is the size of the smallest class there is; otherwise both are
// drawn with replacement. The draws are our own, the rule that of the studies.
std::vector<ImagePair> image_pairs(const ImageChanges& changes, const std::vector<int64_t>& labels,
                                   int64_t classes);

// All images as parts.
std::shared_ptr<const LabelledImages> changed_parts(const ImageChanger& changer,
                                                    const LabelledImages& images);

// The images `chosen` of `parts`, made into wholes; label_of as in ImageView, to 0 .. classes-1.
std::shared_ptr<const LabelledImages> changed_wholes(
    const ImageChanges& changes, const ImageChanger& changer, const LabelledImages& parts,
    const std::vector<int64_t>& chosen, const std::vector<int64_t>& label_of, int64_t classes);

// The same of images that are drawn when they are needed: targets and groups of `images` are
// labels.
std::unique_ptr<ImageReader> changed_reader(const ImageChanges& changes,
                                            std::unique_ptr<ImageReader> images,
                                            const std::vector<int64_t>& shape);

// What can be shown of an image of this shape: itself, or, with other numbers of channels, grey or
// colour images side by side. Rearranges pixels [shape] into [shown_shape(shape)].
std::vector<int64_t> shown_shape(const std::vector<int64_t>& shape);
void shown_pixels(const std::vector<int64_t>& shape, const uint8_t* pixels, uint8_t* out);

}  // namespace v1
}  // namespace modhost
