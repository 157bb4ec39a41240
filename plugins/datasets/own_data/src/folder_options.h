// Options of the dataset `image_folder`.
#pragma once

#include <modhost/option.h>

#include "shared_options.h"

namespace modhost_own_data {

struct FolderOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Choices = modhost::Choices;

  Option<std::string> folder{*this, "folder", "",
                             "folder of class folders, or of train, validation and test with class "
                             "folders in each"};
  Option<int64_t> side{*this, "side", 32,
                       "pixels along an image; the square in the middle of the file is scaled to "
                       "this by area",
                       modhost::Range{1, 1024}};
  Option<int64_t> channels{*this, "channels", 3, "1 for grey, 3 for colour", modhost::Range{1, 3}};
  Option<std::string> normalize{*this, "normalize", "centred",
                                "what a byte b becomes; centred: (b - 127.5) / 64, unit: b / 255",
                                Choices{{"centred", "unit"}}};
  Option<std::string> damaged{
      *this, "damaged", "error",
      "what to do about files that cannot be read; skip reads them all once "
      "before the run",
      Choices{{"error", "skip"}}};
  Option<double> megapixels{*this, "megapixels", 64.0, "larger images are refused as damaged",
                            modhost::Range{0.001, 1000}};
  Option<int64_t> cache_mb{*this, "cache_mb", 1024,
                           "memory for scaled images; what does not fit is read again",
                           modhost::AtLeast{0}};
  SplitOptions splits{*this};
  TaskOptions choice{*this};

  // Error(config) for two channels.
  void validate() const override;
};

}  // namespace modhost_own_data
