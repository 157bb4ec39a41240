// Image files with labels, decoded and fitted one by one.
#pragma once

#include <modhost/image_source.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "annotations.h"
#include "decode_image.h"

namespace modhost_own_data {

// Error(data) for what is no image, or has more millions of pixels.
RgbImage read_image(const std::string& file, double megapixels);

class ImageFileReader : public modhost::ImageReader {
 public:
  // Writes an image of any size as the pixels of a sample; called by many threads.
  using Fit = std::function<void(const RgbImage& image, uint8_t* pixels)>;

  ImageFileReader(std::vector<std::string> files, std::shared_ptr<const Annotations> notes,
                  double megapixels, Fit fit);

  int64_t size() const override;
  std::vector<std::string> groups() const override;  // the classes
  int64_t group(int64_t index) const override;
  int64_t read(int64_t index, uint8_t* pixels) const override;

 private:
  std::vector<std::string> files_;
  std::shared_ptr<const Annotations> notes_;
  double megapixels_;
  Fit fit_;
};

}  // namespace modhost_own_data
