// What a training must remember to go on as if nothing had happened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "modhost/progress.h"
#include "modhost/tensor.h"
#include "network_numbers.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Of one network.
struct Course {
  double best_score = 0;  // of the validation, with best_epoch > 0
  int64_t best_epoch = 0;
  int64_t stopped_after = 0;  // steps; 0: it went on while others did
  Numbers last;               // means of its last line of metrics
};

struct Checkpoint {
  std::string plan;  // text of everything that shapes the training; must be equal to resume
  int64_t step = 0;  // steps done
  bool finished = false;
  int64_t ended_epoch = 0;  // the last epoch after which validation and snapshot are done
  std::vector<Course> networks;
  NetworkNumbers sums;  // since the last line of metrics, of the networks that go on
  int64_t summed = 0;
  // Of the networks that go on, in the order of their numbers; of all when finished.
  NamedTensors trained;
  NamedTensors also_saved;
  NamedTensors optimizer;
  NamedTensors best;  // trained and also_saved at best_epoch
  // trained and also_saved of all networks, filled in where one has stopped; empty before that.
  NamedTensors stopped;
};

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Error(data) when the file is damaged.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
