#include "image_file_source.h"

#include <modhost/files.h>

namespace modhost_own_data {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr uint64_t kLargestFile = uint64_t{1} << 28;

}  // namespace

RgbImage read_image(const std::string& file, double megapixels) {
  return decode_image(read_file(file, kLargestFile), static_cast<int64_t>(megapixels * 1e6), file);
}

ImageFileReader::ImageFileReader(std::vector<std::string> files,
                                 std::shared_ptr<const Annotations> notes, double megapixels,
                                 Fit fit)
    : files_(std::move(files)),
      notes_(std::move(notes)),
      megapixels_(megapixels),
      fit_(std::move(fit)) {}

int64_t ImageFileReader::size() const { return notes_->size; }

std::vector<std::string> ImageFileReader::groups() const { return notes_->classes; }

int64_t ImageFileReader::group(int64_t index) const {
  return notes_->label[static_cast<size_t>(index)];
}

int64_t ImageFileReader::read(int64_t index, uint8_t* pixels) const {
  fit_(read_image(files_[static_cast<size_t>(index)], megapixels_), pixels);
  return group(index);
}

}  // namespace modhost_own_data
