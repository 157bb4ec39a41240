// Which samples a training sees at which step: a function of seed and step alone, so that a
// position is all there is to remember.
#pragma once

#include <cstdint>
#include <vector>

#include "modhost/train.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class SampleOrder {
 public:
  // Error(config) when there is less than one batch of data for a network, or when networks with
  // epochs of different lengths meet a plan that counts in epochs. The task outlives it.
  SampleOrder(const TrainTask& task, const TrainPlan& plan);

  int64_t steps_per_epoch() const { return steps_of(0); }  // of the first network
  int64_t total_steps(const TrainPlan& plan) const;

  // The batch of these networks (positions in task.seeds): a part for each, one after the other.
  Batch load(int64_t step, const std::vector<int64_t>& networks);

 private:
  struct Epoch {
    int64_t number = -1;
    std::vector<int64_t> order;
  };
  const Source& data_of(int64_t network) const;
  int64_t steps_of(int64_t network) const { return data_of(network).size() / batch_size_; }
  bool same_epochs() const;
  // The samples of one network at a step.
  std::vector<int64_t> samples(int64_t step, int64_t network);

  const TrainTask& task_;
  int64_t batch_size_;
  std::vector<Epoch> epochs_;  // the current one of each network
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
