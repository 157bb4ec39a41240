// ImageNet as its networks are tested: the shorter side to 256, the middle 224 x 224 pixels.
#include "imagenet_dataset.h"

#include "image_file_source.h"
#include "sample_sheet.h"
#include "triangle_resize.h"

namespace modhost_own_data {
namespace {

// What `images` (0 .. 1) become with the mean and deviation of ImageNet.
class NormalizedSource : public Source {
 public:
  explicit NormalizedSource(std::shared_ptr<const Source> images) : images_(std::move(images)) {}

  int64_t size() const override { return images_->size(); }
  std::vector<std::string> groups() const override { return images_->groups(); }
  int64_t group(int64_t index) const override { return images_->group(index); }
  Batch load(const std::vector<int64_t>& indices) const override {
    Batch batch = images_->load(indices);  // [n, 3, crop, crop]
    batch.input = (batch.input - mean_) / deviation_;
    return batch;
  }

 private:
  std::shared_ptr<const Source> images_;
  Tensor mean_ = torch::tensor({0.485F, 0.456F, 0.406F}).view({3, 1, 1});
  Tensor deviation_ = torch::tensor({0.229F, 0.224F, 0.225F}).view({3, 1, 1});
};

}  // namespace

void ImageNetOptions::validate() const {
  check(crop() <= resize(), ErrorCode::config,
        "option 'dataset.crop' is " + std::to_string(crop()) + ", and images of " +
            std::to_string(resize()) + " pixels have no such square",
        "give --dataset.resize " + std::to_string(crop() * 8 / 7));
}

const ImageList& ImageNetFolder::list() const {
  if (list_ == nullptr) {
    check(!options().folder().empty(), ErrorCode::config,
          "dataset 'imagenet_folder' needs a folder", "give --dataset.folder DIR");
    ImageList list = list_imagenet({options().folder(), options().labels(), options().synsets(),
                                    options().class_count(), options().per_class()});
    if (options().validation_images() == "divide") {
      std::vector<Part>& part = list.notes.part;
      const bool all = std::count(part.begin(), part.end(), Part::train) == 0;
      if (all) part.clear();  // by shares
    }
    list_ = std::make_shared<const ImageList>(std::move(list));
  }
  return *list_;
}

Signature ImageNetFolder::signature() const {
  return {Input::image, shape(), Output::classes, {static_cast<int64_t>(notes().classes.size())}};
}

std::string ImageNetFolder::describe() const {
  return counts() + "; " + count_text(static_cast<int64_t>(notes().classes.size())) +
         " classes) from " + options().folder();
}

std::shared_ptr<const Source> ImageNetFolder::read_samples() const {
  const auto memory = std::make_shared<ImageMemory>(options().cache_mb() * (int64_t{1} << 20));
  const int64_t resize = options().resize(), crop = options().crop();
  auto reader =
      std::make_unique<ImageFileReader>(list().files, shared_notes(), options().megapixels(),
                                        [resize, crop](const RgbImage& image, uint8_t* pixels) {
                                          resize_and_crop(image, resize, crop, pixels);
                                        });
  const auto images =
      std::make_shared<ImageSource>(std::move(reader), shape(), PixelScale{0.F, 255.F}, memory);
  if (options().normalize() == "unit") return images;
  return std::make_shared<NormalizedSource>(images);
}

void ImageNetFolder::show(const std::filesystem::path& picture) const {
  write_sample_sheet(*all(count(Split::test) > 0 ? Split::test : Split::train), shape(), picture);
}

}  // namespace modhost_own_data
