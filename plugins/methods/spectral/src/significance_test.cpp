#include "significance_test.h"

#include <ATen/Parallel.h>
#include <modhost/error.h>
#include <modhost/random.h>

#include <algorithm>

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kRounds = 50;  // in which the person in front of the screen hears of it

}  // namespace

std::vector<double> parallel_draws(Experiment& experiment, const std::string& stage, int64_t draws,
                                   const std::function<double(int64_t)>& draw) {
  std::vector<double> out(static_cast<size_t>(draws));
  experiment.progress().begin(stage, draws, "networks");
  const int64_t round = std::max<int64_t>(at::get_num_threads(), draws / kRounds);
  for (int64_t first = 0; first < draws; first += round) {
    check(!experiment.stop().requested(), ErrorCode::interrupted, "interrupted");
    const int64_t last = std::min(draws, first + round);
    at::parallel_for(first, last, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) out[static_cast<size_t>(i)] = draw(i);
    });
    experiment.progress().update(last, {});
  }
  return out;
}

NullTest test_against(Experiment& experiment, const Clusterer& clusterer, const std::string& kind,
                      int64_t draws, const MakeNull& make) {
  const uint64_t seed = experiment.seed("nulls/" + kind);
  const auto draw = [&](int64_t i) {
    const uint64_t own = derive_seed(seed, static_cast<uint64_t>(i));
    return clusterer(make(own), derive_seed(own, "clusters")).ncut;
  };
  return {kind, clusterer.tested_ncut(), parallel_draws(experiment, "nulls/" + kind, draws, draw)};
}

}  // namespace modhost_spectral
