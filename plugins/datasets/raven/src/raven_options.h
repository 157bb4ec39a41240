// Options of the dataset `raven`.
#pragma once

#include <modhost/option.h>

namespace modhost::raven {

struct RavenOptions : Options {
  using Names = std::vector<std::string>;

  Option<std::string> answers{*this,
                              "answers",
                              "iraven",
                              "how wrong candidates are made: raven changes one attribute of the "
                              "answer, iraven balances the attributes, fair grows a random tree",
                              Choices{{"iraven", "raven", "fair"}},
                              Paper{"Zhang et al. 2019; Hu et al. 2021; Benny et al. 2021"}};
  Option<Names> configurations{
      *this,
      "configurations",
      {"center_single"},
      "layouts: center_single, distribute_four, distribute_nine, "
      "left_center_single_right_center_single, up_center_single_down_center_single, "
      "in_center_single_out_center_single, in_distribute_four_out_center_single; or all"};
  Option<Names> tasks{*this,
                      "tasks",
                      {"triangle", "square", "pentagon", "hexagon", "circle"},
                      "task sets: triangle, square, pentagon, hexagon, circle, big, dark, light"};
  Option<int64_t> side{*this, "side", 64, "pixels along a panel; 160 are drawn, then averaged",
                       Range{8, 160}};
  Option<int64_t> train{*this, "train", 6000, "training problems", AtLeast{0}};
  Option<int64_t> validation{*this, "validation", 500, "validation problems", AtLeast{0}};
  Option<int64_t> test{*this, "test", 1000, "test problems", AtLeast{0}};
  Option<int64_t> task_train{*this,      "task_train",
                             1575,       "training problems of each task set",
                             AtLeast{0}, Paper{"mask study on abstract reasoning: 90 % of 1,750"}};
  Option<int64_t> task_test{*this, "task_test", 500, "test problems of each task set", AtLeast{0}};
  Option<Names> types{*this,
                      "types",
                      {},
                      "shapes to draw, none: all",
                      Choices{{"triangle", "square", "pentagon", "hexagon", "circle"}}};
  Option<std::vector<double>> sizes{
      *this, "sizes", {}, "sizes to draw, none: .4 .5 .6 .7 .8 .9", Range{0.1, 1}};
  Option<std::vector<int64_t>> colors{
      *this,
      "colors",
      {},
      "grey values to draw, 255 white .. 0 black, none: the ten of the paper",
      Range{0, 255}};
  Option<Names> rules{
      *this, "rules", {}, "rules to allow, e.g. Progression or Size:Arithmetic; none: all"};
  Option<bool> strict{*this, "strict", true,
                      "no two candidates look alike; false: as the papers' generators, which now "
                      "and then repeat one"};
  Option<int64_t> seed{*this, "seed", 1234, "seed of the problems", AtLeast{0}};
  Option<int64_t> cache_mb{*this, "cache_mb", 1024,
                           "memory for drawn problems; what does not fit is drawn again",
                           AtLeast{0}};
  Option<std::string> folder{*this, "folder", "",
                             "read RAVEN_*.npz files below this folder instead of drawing; its "
                             "sub-folders are the tasks"};
  Option<bool> transposed{*this, "transposed", false,
                          "swap rows and columns of each panel, as a published loader did"};
};

}  // namespace modhost::raven
