// Folders of images as a dataset.
#include "folder_dataset.h"

#include <ATen/Parallel.h>
#include <modhost/shown_text.h>

#include "area_crop.h"
#include "image_file_source.h"
#include "sample_sheet.h"
#include "shown_list.h"

namespace modhost_own_data {
namespace {

constexpr PixelScale kCentred{127.5F, 64.F};  // mean and deviation near 0 and 1
constexpr PixelScale kUnit{0.F, 255.F};

// Takes out what cannot be read, and returns its names.
std::vector<std::string> drop_damaged(ImageList& list, double megapixels) {
  std::vector<uint8_t> good(list.files.size());
  at::parallel_for(0, list.notes.size, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto at = static_cast<size_t>(i);
      try {
        read_image(list.files[at], megapixels);
        good[at] = 1;
      } catch (const Error&) {  // listed below
      }
    }
  });
  std::vector<std::string> damaged;
  ImageList kept;
  kept.notes.classes = list.notes.classes;
  for (size_t at = 0; at < good.size(); ++at) {
    if (good[at] == 0) {
      damaged.push_back(list.files[at]);
      continue;
    }
    kept.files.push_back(list.files[at]);
    kept.notes.label.push_back(list.notes.label[at]);
    if (!list.notes.part.empty()) kept.notes.part.push_back(list.notes.part[at]);
  }
  kept.notes.size = static_cast<int64_t>(kept.files.size());
  list = std::move(kept);
  return damaged;
}

}  // namespace

void FolderOptions::validate() const {
  check(channels() != 2, ErrorCode::config, "option 'dataset.channels' is 2, allowed are 1 and 3");
}

const ImageFolder::Found& ImageFolder::found() const {
  if (found_ == nullptr) {
    check(!options().folder().empty(), ErrorCode::config, "dataset 'image_folder' needs a folder",
          "give --dataset.folder DIR");
    Found found{list_images(options().folder()), {}};
    if (options().damaged() == "skip") {
      found.left_out = drop_damaged(found.list, options().megapixels());
    }
    check(found.list.notes.size > 0, ErrorCode::data,
          "no image in '" + options().folder() + "' can be read");
    found_ = std::make_shared<const Found>(std::move(found));
  }
  return *found_;
}

std::vector<int64_t> ImageFolder::shape() const {
  return {options().channels(), options().side(), options().side()};
}

Signature ImageFolder::signature() const {
  const auto classes = static_cast<int64_t>(notes().classes.size());
  return {Input::image, shape(), Output::classes, {classes}};
}

std::string ImageFolder::describe() const {
  const std::vector<std::string>& damaged = found().left_out;
  return counts() + ") from " + options().folder() +
         (damaged.empty() ? ""
                          : ", without " + count_text(static_cast<int64_t>(damaged.size())) +
                                " that cannot be read: " + shown_list(damaged));
}

std::shared_ptr<const Source> ImageFolder::read_samples() const {
  const auto memory = std::make_shared<ImageMemory>(options().cache_mb() * (int64_t{1} << 20));
  const int64_t side = options().side(), channels = options().channels();
  auto reader =
      std::make_unique<ImageFileReader>(found().list.files, shared_notes(), options().megapixels(),
                                        [side, channels](const RgbImage& image, uint8_t* pixels) {
                                          crop_to_square(image, side, channels, pixels);
                                        });
  return std::make_shared<ImageSource>(std::move(reader), shape(),
                                       options().normalize() == "unit" ? kUnit : kCentred, memory);
}

void ImageFolder::show(const std::filesystem::path& picture) const {
  write_sample_sheet(*all(Split::train), shape(), picture);
}

}  // namespace modhost_own_data
