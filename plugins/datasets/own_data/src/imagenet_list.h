// The image files of ImageNet as people have them, and their classes.
#pragma once

#include <string>

#include "image_list.h"

namespace modhost_own_data {

struct ImageNetPlace {
  std::string folder;       // the root, or the folder of the validation images itself
  std::string labels;       // file for validation images that lie in one folder; ""
  std::string synsets;      // file with the names of all classes; ""
  int64_t class_count = 0;  // at least so many when labels are numbers
  int64_t per_class = 0;    // validation images of each class; 0: all
};

// Training images: root/train/CLASS/*. Validation images: root/val/CLASS/*, or root/val/* with a
// file of labels; `val` may also be called `validation`, or be the root itself. They are the part
// `test`; with per_class only the first so many of each class, in the order of the names.
//
// labels: a line for each image, "NAME LABEL" (spaces, tabs or commas in between, more behind it is
// left out, as is a first line "ImageId,..."), or LABEL alone for the images in the order of their
// names. A label is the name of a class or its number from 0. synsets: a line for each class, whose
// first word is its name; its order is that of the labels. Error(data) for what does not fit.
ImageList list_imagenet(const ImageNetPlace& place);

}  // namespace modhost_own_data
