// Options of the dataset `add_mul`.
#pragma once

#include <modhost/option.h>

namespace modhost_add_mul {

struct AddMulOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;

  Option<int64_t> digits{*this,
                         "digits",
                         2,
                         "digits of each number and of the answer",
                         modhost::Range{1, 4},
                         modhost::Paper{"Csordas et al. 2021: 2"}};
  Option<int64_t> steps{*this,
                        "steps",
                        0,
                        "show the exercise at so many steps and read the answer at the last, for "
                        "recurrent networks; 0: once, as features",
                        modhost::Range{0, 1000},
                        modhost::Paper{"Csordas et al. 2021: 3"}};
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

}  // namespace modhost_add_mul
