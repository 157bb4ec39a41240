// The image files of a folder and what its names say of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "annotations.h"

namespace modhost_own_data {

struct ImageList {
  std::vector<std::string> files;  // in the order of the annotations: by split, class, name
  Annotations notes;
};

// The folders and, at any depth, the images in a folder, sorted; hidden ones left out as below.
// Throw std::filesystem::filesystem_error for what cannot be read.
std::vector<std::filesystem::path> folders_in(const std::filesystem::path& root);
std::vector<std::string> images_in(const std::filesystem::path& folder);

// root/CLASS/**.png, or root/train/CLASS/... beside root/validation and root/test. Names that begin
// with '.' or '__' are left out, as is what is no .png, .jpg or .jpeg. Error(data) when there is no
// class folder, or none with images.
ImageList list_images(const std::filesystem::path& root);

}  // namespace modhost_own_data
