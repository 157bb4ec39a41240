// Options that the datasets of this plugin have in common; each is a member of their options.
#pragma once

#include <modhost/option.h>

namespace modhost_own_data {

using Names = std::vector<std::string>;

// How samples that belong to no split are dealt out.
struct SplitOptions {
  explicit SplitOptions(modhost::Options& owner)
      : validation_share(owner, "validation_share", 0.1,
                         "share of all samples for validation, where the data say nothing of it",
                         modhost::Range{0, 0.9}),
        test_share(owner, "test_share", 0.2, "the same for the test", modhost::Range{0, 0.9}),
        seed(owner, "seed", 1234, "seed of the division into splits", modhost::AtLeast{0}) {}

  modhost::Option<double> validation_share, test_share;
  modhost::Option<int64_t> seed;
};

struct TaskOptions {
  explicit TaskOptions(modhost::Options& owner)
      : groups(owner, "groups", {},
               "tasks made of classes, e.g. vehicles:car|truck|plane,animals:cat|dog"),
        tasks(
            owner, "tasks", {},
            "which tasks, by the names of groups or of tasks in the data, CLASS for all but one "
            "class, or CLASS+CLASS for these alone; none: the groups, else the tasks of the data, "
            "else each class left out") {}

  modhost::Option<Names> groups, tasks;
};

}  // namespace modhost_own_data
