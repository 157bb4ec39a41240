#include "modhost/image_files_options.h"

#include <set>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

namespace {

std::vector<std::string> scales_of(const ImageFilesFacts& facts) {
  if (facts.published.mean.empty()) return {"data", "unit"};
  return {"data", "unit", "published"};
}

std::vector<std::string> augmentations_of(const ImageFilesFacts& facts) {
  if (facts.mirror) return {"none", "crop", "crop_flip"};
  return {"none", "crop"};
}

}  // namespace

// Before the options themselves, which look at them.
ImageFilesOptions::ImageFilesOptions(const ImageFilesFacts& facts)
    : classes_(facts.classes),
      scales_(scales_of(facts)),
      augmentations_(augmentations_of(facts)),
      padding_(std::to_string(facts.padding)) {}

void ImageFilesOptions::validate() const {
  const Names& names = classes();
  check(names.size() != 1, ErrorCode::config,
        "option 'dataset.classes' is '" + (names.empty() ? "" : names.front()) +
            "', needed are two classes or more");
  check(std::set<std::string>(names.begin(), names.end()).size() == names.size(), ErrorCode::config,
        "option 'dataset.classes' has a class twice: " + join(names));
}

std::string ImageFilesOptions::scale_help() const {
  const std::string common =
      "what the pixels become: data: mean 0 and deviation 1 in each channel of the training file; "
      "unit: 0 .. 1";
  return scales_.back() == "published" ? common +
                                             "; published: by the constants of the ResNet's "
                                             "recipe"
                                       : common;
}

std::string ImageFilesOptions::augment_help() const {
  const std::string crop =
      "change training images at random; crop: move them by up to " + padding_ + " pixels";
  return augmentations_.back() == "crop_flip" ? crop + "; crop_flip: and mirror every other one"
                                              : crop;
}

}  // namespace v1
}  // namespace modhost
