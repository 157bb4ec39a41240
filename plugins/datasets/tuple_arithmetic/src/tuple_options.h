// Options of the dataset `tuple_arithmetic`.
#pragma once

#include <modhost/option.h>

namespace modhost_tuple_arithmetic {

struct TupleOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;

  Option<std::string> mode{
      *this,
      "mode",
      "passes",
      "how the pairs are shown and read: features: both at once; passes: one after the other, for "
      "feed-forward networks; at 6 steps, 3 for each pair: together, only_one, only_one_io, "
      "same_input, same_output, same_io (see the README)",
      modhost::Choices{{"features", "passes", "together", "only_one", "only_one_io", "same_input",
                        "same_output", "same_io"}},
      modhost::Paper{"Csordas et al. 2021: passes (FNN), together and only_one_io (LSTM)"}};
  Option<int64_t> digits{*this,
                         "digits",
                         2,
                         "digits of each number and of each answer",
                         modhost::Range{1, 4},
                         modhost::Paper{"Csordas et al. 2021: 2"}};
  Option<int64_t> train{*this,
                        "train",
                        1'000'000,
                        "training exercises",
                        modhost::Range{0, 1e8},
                        modhost::Paper{"Csordas et al. 2021"}};
  Option<int64_t> validation{*this, "validation", 10'000, "validation exercises",
                             modhost::Range{0, 1e8}};
  Option<int64_t> test{*this, "test", 10'000, "test exercises", modhost::Range{0, 1e8}};
  Option<int64_t> seed{*this, "seed", 0x12345678,
                       "seed of the exercises; the default draws those of the paper's code",
                       modhost::Range{0, 0xFFFFFFFD}};
};

}  // namespace modhost_tuple_arithmetic
