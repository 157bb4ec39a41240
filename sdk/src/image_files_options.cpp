#include "modhost/image_files_options.h"

#include <set>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

namespace {

std::vector<std::string> scales_of(const ImageFilesFacts& facts) {
  std::vector<std::string> out{"data", "unit"};
  if (!facts.published.mean.empty()) out.emplace_back("published");
  if (facts.shape.at(0) == 3) out.emplace_back("imagenet");
  return out;
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
  std::string out =
      "what the pixels become: data: mean 0 and deviation 1 in each channel of the training file; "
      "unit: 0 .. 1";
  for (const std::string& scale : scales_) {
    if (scale == "published") out += "; published: by the constants that most programs use";
    if (scale == "imagenet") out += "; imagenet: by those of ImageNet";
  }
  return out;
}

std::string ImageFilesOptions::augment_help() const {
  const std::string crop =
      "change training images at random; crop: move them by up to " + padding_ + " pixels";
  return augmentations_.back() == "crop_flip" ? crop + "; crop_flip: and mirror every other one"
                                              : crop;
}

}  // namespace v1
}  // namespace modhost
