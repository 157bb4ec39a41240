// The dataset `imagenet_folder`.
#pragma once

#include <modhost/image_source.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "imagenet_list.h"
#include "own_dataset.h"
#include "shared_options.h"

namespace modhost_own_data {

struct ImageNetOptions : Options {
  Option<std::string> folder{*this, "folder", "",
                             "folder with val (and train, if you have it), or that of the "
                             "validation images; in each a folder for each class, or see labels"};
  Option<std::string> labels{*this, "labels", "",
                             "file that tells the classes of validation images that lie in one "
                             "folder: lines 'NAME LABEL', or labels alone in the order of names"};
  Option<std::string> synsets{*this, "synsets", "",
                              "file with the names of all classes, one a line, in the order of the "
                              "network's outputs; empty: those that there are, sorted"};
  Option<int64_t> class_count{*this, "class_count", 0,
                              "number of classes when labels are numbers from 0; 0: the largest",
                              Range{0, 100'000}};
  Option<int64_t> per_class{*this, "per_class", 0,
                            "validation images of each class, the first by name; 0: all",
                            AtLeast{0}};
  Option<int64_t> resize{*this, "resize", 256, "pixels along the shorter side, before cutting",
                         Range{1, 2048}};
  Option<int64_t> crop{*this, "crop", 224, "pixels along the square that is cut out of the middle",
                       Range{1, 2048}};
  Option<std::string> normalize{*this, "normalize", "imagenet",
                                "what a byte b becomes; imagenet: (b / 255 - mean) / deviation of "
                                "each channel, as torchvision; unit: b / 255",
                                Choices{{"imagenet", "unit"}}};
  Option<std::string> validation_images{
      *this, "validation_images", "test",
      "what the validation images are for; test: all of them test; divide: the shares below",
      Choices{{"test", "divide"}}};
  Option<double> megapixels{*this, "megapixels", 64.0, "larger images are refused",
                            Range{0.001, 1000}};
  Option<int64_t> cache_mb{*this, "cache_mb", 1024,
                           "memory for scaled images; what does not fit is read again", AtLeast{0}};
  SplitOptions splits{*this};
  TaskOptions choice{*this};

  // Error(config) when more is cut out than there is.
  void validate() const override;
};

class ImageNetFolder : public OwnDataset<ImageNetOptions> {
 public:
  using OwnDataset::OwnDataset;

  Signature signature() const override;
  std::string unit() const override { return "images"; }
  std::string describe() const override;
  void show(const std::filesystem::path& picture) const override;

 protected:
  Annotations read_notes() const override { return list().notes; }
  std::shared_ptr<const Source> read_samples() const override;
  // A network that was trained elsewhere needs none.
  bool needs_training() const override { return false; }

 private:
  const ImageList& list() const;
  std::vector<int64_t> shape() const { return {3, options().crop(), options().crop()}; }

  mutable std::shared_ptr<const ImageList> list_;
};

}  // namespace modhost_own_data
