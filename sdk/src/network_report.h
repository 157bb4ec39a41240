// What a run tells about the networks that it trained.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/evaluate.h"
#include "modhost/train.h"
#include "modhost/writer.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// The scalars PATHtrain/samples, PATHtest/loss, PATHtest/accuracy (also by group).
void write_test(RunWriter& writer, const std::string& path, const Evaluation& test, int64_t samples,
                bool has_accuracy);

// Networks trained together, by number.
struct TrainedNetworks {
  std::vector<TrainSummary> courses;
  std::vector<Evaluation> tests;
  int64_t chosen = 0;  // the one that the method is given
  bool every = false;  // the method is given each, in runs of their own
  bool has_accuracy = true;
  bool validated = false;  // the courses hold scores
};

// The scalars of each network (networks/N/...), of the chosen one and over all
// (networks/test/accuracy/mean, .../deviation); the table `networks`, shown when it is short, and a
// sentence.
void write_networks(RunWriter& writer, const TrainedNetworks& networks);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
