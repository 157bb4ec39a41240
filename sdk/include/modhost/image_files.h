// Datasets of labelled images that were published as files of training and of test images: all but
// the reading of the files.
//
//   class Mnist : public ClassImages {
//    public:
//     using OptionsType = MnistOptions;  // a ClassImagesOptions with the facts
//     explicit Mnist(std::shared_ptr<const Options> options) : ClassImages(facts(), options) {}
//     DataFiles files() const override;
//    protected:
//     ImageParts read() const override;
//   };
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "modhost/class_tasks.h"
#include "modhost/dataset.h"
#include "modhost/image_files_options.h"
#include "modhost/labelled_images.h"

namespace modhost {
inline namespace v1 {

struct ImageParts {
  std::shared_ptr<const LabelledImages> train, test;
};

// Which of `count` images of a training file train; the others, about a fifth, are held out. The
// split of Csordas et al. 2021: numpy's RandomState(0xC1CAFA52).rand(count) > 0.2.
std::vector<bool> paper_split(int64_t count);

class ImageFiles : public DatasetBase {
 public:
  // options: those of the facts. changes: to all images, pairs within each split. Error(config) for
  // changes that these images do not allow.
  ImageFiles(ImageFilesFacts facts, std::shared_ptr<const Options> options,
             const ImageChanges& changes = {});
  ~ImageFiles() override;

  Signature signature() const override;
  std::string unit() const override { return "images"; }
  std::string describe() const override;
  double chance() const override;
  // Reads the files at the first call.
  std::shared_ptr<const Source> all(Split split) const override;
  // A row of training images, as a network sees them but for the scale, for each class.
  void show(const std::filesystem::path& picture) const override;
  // Images of one channel as the four IDX files of MNIST: training images, those for validation
  // behind them, and test images. Error(usage) for others.
  void export_to(const std::filesystem::path& folder) const override;

 protected:
  // Both parts have the shape and the labels of the facts, and at least one image.
  virtual ImageParts read() const = 0;

  const ImageFilesFacts& facts() const { return facts_; }
  const ImageFilesOptions& given() const { return *given_; }
  // The classes that come out, in the order of their labels.
  std::vector<std::string> classes() const;
  // The images of a split; pixel_order as in ImageView.
  std::shared_ptr<const LabelledImageSource> view(Split split,
                                                  std::vector<int64_t> pixel_order = {}) const;

 private:
  struct Loaded {
    ImageParts parts;
    std::vector<bool> trains;  // by image of the training file
    ChannelScale scale;
  };
  const Loaded& loaded() const;
  ChannelScale scale(const LabelledImages& train) const;
  bool of_test_file(Split split) const;
  // Numbers of the images of a split in their file, before limits and classes.
  std::vector<int64_t> members(Split split) const;
  // With them; `view` has images and labels already.
  std::vector<int64_t> chosen(const ImageView& view, Split split) const;
  Augmentation augmentation() const;

  // The classes of the files that were asked for.
  std::vector<std::string> chosen_classes() const;
  // With its images changed, all of them chosen.
  ImageView changed(const ImageView& view, Split split) const;

  ImageFilesFacts facts_;
  std::shared_ptr<const ImageFilesOptions> given_;
  ImageChanges changes_;
  ImageChanger changer_;
  mutable std::optional<Loaded> loaded_;
  mutable std::map<Split, std::shared_ptr<const Source>> sources_;
};

// With the tasks of class_tasks.h.
class ClassImages : public ImageFiles {
 public:
  ClassImages(ImageFilesFacts facts, std::shared_ptr<const Options> options);
  ~ClassImages() override;

  std::vector<Task> tasks() const override { return tasks_.list(); }
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;

 private:
  ClassTasks tasks_;
};

}  // namespace v1
}  // namespace modhost
