// Options of the dataset `scan`.
#pragma once

#include <modhost/option.h>

namespace modhost_scan {

struct ScanOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;

  Option<std::string> train_split{*this,
                                  "train_split",
                                  "simple",
                                  "the split that the network is trained and tested on",
                                  modhost::Choices{{"simple", "jump", "turn_left", "length"}},
                                  modhost::Paper{"Csordas et al. 2021: simple"}};
  Option<std::vector<std::string>> tasks{
      *this,
      "tasks",
      {"jump", "turn_left", "length"},
      "splits that are tasks: a mask learns on the training part, is measured on the test part",
      modhost::Choices{{"simple", "jump", "turn_left", "length"}},
      modhost::Paper{"Csordas et al. 2021"}};
  Option<int64_t> train{*this, "train", 0,
                        "commands to take of the training part of each split; 0: all",
                        modhost::AtLeast{0}};
  Option<int64_t> validation{
      *this, "validation", 0,
      "commands to set aside from the training part of each split, for train.patience",
      modhost::AtLeast{0}};
  Option<int64_t> test{*this, "test", 0, "commands to take of the test part of each split; 0: all",
                       modhost::AtLeast{0}};
  Option<int64_t> seed{*this, "seed", 1234, "seed of the simple split and of all orders",
                       modhost::AtLeast{0}};
  Option<std::string> source{*this, "source", "generated",
                             "generated from the grammar, or read from the official files, "
                             "github.com/brendenlake/SCAN",
                             modhost::Choices{{"generated", "official"}}};
  Option<std::string> folder{*this, "folder", "",
                             "where the official files are, and that they are read; by default "
                             "scan in modhost's folder for data"};
  Option<bool> download{*this, "download", false, "fetch official files that are missing"};

  bool official() const { return source() == "official" || !folder().empty(); }
  // Error(config) when a download is asked for that nothing would read.
  void validate() const override;
};

}  // namespace modhost_scan
