// Options of the dataset `npz`.
#pragma once

#include <modhost/option.h>

#include "scaling.h"
#include "shared_options.h"

namespace modhost_own_data {

struct NpzOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Choices = modhost::Choices;

  Option<std::string> file{*this, "file", "", "an .npz file"};
  Option<std::string> x{*this, "x", "x",
                        "array of the inputs; with _train, _validation and _test behind or before "
                        "the name: those of one split"};
  Option<std::string> y{*this, "y", "y", "array of the targets, named like the inputs"};
  Option<std::string> task{*this, "task", "task",
                           "array that names the task of each sample by number or text, if any"};
  Option<std::string> split{*this, "split", "split",
                            "array that tells the split of each sample, if any: 0 training, 1 "
                            "validation, 2 test, or these words"};
  Option<std::string> input{*this, "input", "auto",
                            "what a sample is; auto: image for 4 dimensions or 3 of bytes, "
                            "sequence for 3, features for 2",
                            Choices{{"auto", "features", "sequence", "image"}}};
  Option<std::string> layout{*this, "layout", "auto",
                             "where images have their channels; auto: last if there are 1, 3 or 4 "
                             "and not so many first",
                             Choices{{"auto", "channels_first", "channels_last"}}};
  Option<std::string> target{*this, "target", "auto",
                             "classes or real values; auto: classes for whole numbers and texts",
                             Choices{{"auto", "classes", "values"}}};
  Option<Names> class_names{
      *this, "class_names", {}, "names of the classes 0, 1, ...; none: the labels themselves"};
  Option<std::string> normalize{*this, "normalize", "standard",
                                "standard: mean 0 and deviation 1, by feature or channel, over the "
                                "training samples; unit: to 0 .. 1; bytes of images are at least "
                                "divided by 255",
                                Choices{kNormalizeNames}};
  SplitOptions splits{*this};
  TaskOptions choice{*this};
};

}  // namespace modhost_own_data
