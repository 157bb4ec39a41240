// What a training must remember to go on as if nothing had happened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "modhost/progress.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

struct Checkpoint {
  std::string plan;  // text of everything that shapes the training; must be equal to resume
  int64_t step = 0;  // steps done
  bool finished = false;
  double best_score = 0;  // of the validation, with best_epoch > 0
  int64_t best_epoch = 0;
  int64_t validated_epoch = 0;  // the last epoch whose validation is done
  Numbers sums;                 // of the numbers since the last line of metrics
  int64_t summed = 0;
  Numbers last;  // means of the last line of metrics
  NamedTensors trained;
  NamedTensors also_saved;
  NamedTensors optimizer;
  NamedTensors best;  // trained and also_saved at best_epoch
};

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Error(data) when the file is damaged.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
