// The dataset `image_folder`.
#pragma once

#include <modhost/image_source.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "folder_options.h"
#include "image_list.h"
#include "own_dataset.h"

namespace modhost_own_data {

class ImageFolder : public OwnDataset<FolderOptions> {
 public:
  using OwnDataset::OwnDataset;

  Signature signature() const override;
  std::string unit() const override { return "images"; }
  std::string describe() const override;
  void show(const std::filesystem::path& picture) const override;

 protected:
  Annotations read_notes() const override { return found().list.notes; }
  std::shared_ptr<const Source> read_samples() const override;

 private:
  struct Found {
    ImageList list;
    std::vector<std::string> left_out;  // damaged files
  };
  const Found& found() const;
  std::vector<int64_t> shape() const;

  mutable std::shared_ptr<const Found> found_;
};

}  // namespace modhost_own_data
