// Options of the dataset `dm_math`.
#pragma once

#include <modhost/option.h>

namespace modhost_dm_math {

struct DmMathOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;

  Option<std::string> module{*this, "module", "arithmetic__add_or_sub",
                             "the kind of questions: algebra__linear_1d, arithmetic__add_or_sub, "
                             "calculus__differentiate, comparison__sort, polynomials__collect; any "
                             "other one of the published files"};
  Option<std::string> source{*this, "source", "generated",
                             "questions of our own, or the official files",
                             modhost::Choices{{"generated", "official"}}};
  Option<std::string> folder{
      *this, "folder", "",
      "where mathematics_dataset-v1.0.tar.gz or its unpacked folder lies, or "
      "the archive itself, and that they are read; by default dm_math in "
      "modhost's folder for data"};
  Option<bool> download{*this, "download", false,
                        "fetch the published archive (2.3 GB) when it is not there"};
  Option<std::vector<std::string>> test_on{
      *this,
      "test_on",
      {"easy", "medium", "hard"},
      "parts that the network and the control mask are tested on",
      modhost::Choices{{"easy", "medium", "hard", "interpolate", "extrapolate"}},
      modhost::Paper{"Csordas et al. 2021: these three; hard; interpolate"}};
  Option<int64_t> train{*this, "train", 0,
                        "questions to take of each difficulty for training; 0: all",
                        modhost::AtLeast{0}};
  Option<int64_t> validation{
      *this, "validation", 0,
      "questions to set aside from the training part of each difficulty, for train.patience",
      modhost::AtLeast{0}};
  Option<int64_t> test{*this,
                       "test",
                       10000,
                       "questions to draw from each difficulty for tests",
                       modhost::AtLeast{0},
                       modhost::Paper{"Csordas et al. 2021"}};
  Option<int64_t> generated{*this, "generated", 110000,
                            "questions to generate of each difficulty, for training and tests "
                            "together; published are 666,666",
                            modhost::Range{1, 1000000}};
  Option<std::string> vocabulary{*this,
                                 "vocabulary",
                                 "all",
                                 "characters that have a token: all: of every file of the "
                                 "collection; module: of this module alone",
                                 modhost::Choices{{"all", "module"}},
                                 modhost::Paper{"Csordas et al. 2021: all"}};
  Option<int64_t> seed{*this, "seed", 1234,
                       "seed of generated questions and of the order of the test ones",
                       modhost::AtLeast{0}};
};

}  // namespace modhost_dm_math
