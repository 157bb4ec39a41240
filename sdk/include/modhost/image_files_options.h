// Options of datasets of labelled images that were published as files.
#pragma once

#include <string>
#include <vector>

#include "modhost/image_changes.h"
#include "modhost/labelled_images.h"
#include "modhost/option.h"

namespace modhost {
inline namespace v1 {

// What is known of such a dataset before its files are read.
struct ImageFilesFacts {
  std::string title;                 // "CIFAR-10"
  std::vector<int64_t> shape;        // of an image: {channels, height, width}
  std::vector<std::string> classes;  // by label
  bool mirror = false;               // an image and its mirror image show the same class
  int64_t padding = 4;               // of random crops
  ChannelScale published = {};       // for option 'normalise = published', bytes as 0 .. 1
};

struct ImageFilesOptions : Options {
  using Names = std::vector<std::string>;
  explicit ImageFilesOptions(const ImageFilesFacts& facts);

 private:
  std::vector<std::string> classes_, scales_, augmentations_;
  std::string padding_;

 public:
  Option<std::string> folder{*this, "folder", "",
                             "where the files are; empty: the folder of this dataset in "
                             "$MODHOST_DATA or ~/.local/share/modhost/data"};
  Option<bool> download{*this, "download", false, "fetch files that are missing before the run"};
  Option<std::string> split{
      *this,
      "split",
      "paper",
      "paper: a random fifth of the training file is for validation, the test file tests; "
      "paper_test: that fifth tests, as in the study, and nothing validates; whole: all of the "
      "training file trains, the test file tests",
      Choices{{"paper", "paper_test", "whole"}},
      Paper{"Csordas et al. 2021"}};
  Option<Names> classes{*this,
                        "classes",
                        {},
                        "take images of these classes only, which become labels 0, 1, ...; none: "
                        "all classes",
                        Choices{classes_}};
  Option<int64_t> train{*this, "train", 0, "training images to take; 0: all", AtLeast{0}};
  Option<int64_t> validation{*this, "validation", 0, "validation images to take; 0: all",
                             AtLeast{0}};
  Option<int64_t> test{*this, "test", 0, "test images to take; 0: all", AtLeast{0}};
  Option<std::string> normalise{*this, "normalise", "data", scale_help(), Choices{scales_}};
  Option<std::string> augment{*this, "augment", "none", augment_help(), Choices{augmentations_}};
  Option<int64_t> versions{*this, "versions", 10,
                           "random versions of each image in an epoch, with 'augment'",
                           Range{1, 1000}};
  Option<int64_t> seed{*this, "seed", 1234, "seed of everything that is drawn here", AtLeast{0}};

  // Error(config): one class only, or one twice.
  void validate() const override;

 private:
  std::string scale_help() const;
  std::string augment_help() const;
};

// The same for datasets whose tasks are classes.
struct ClassImagesOptions : ImageFilesOptions {
  using ImageFilesOptions::ImageFilesOptions;
  Option<Names> tasks{*this,
                      "tasks",
                      {},
                      "classes to leave out, one in each task, or classes that stand alone, joined "
                      "by +; none: each class left out"};
  ImageChangesOptions changes{*this};
};

}  // namespace v1
}  // namespace modhost
