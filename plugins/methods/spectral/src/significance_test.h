// The n-cut of a network beside those of its null models.
#pragma once

#include <modhost/experiment.h>
#include <modhost/significance.h>

#include <functional>
#include <string>
#include <vector>

#include "clusterer.h"

namespace modhost_spectral {

struct NullTest {
  std::string kind;           // "all", ..., "fresh", "activations"
  double ncut = 0;            // of the network
  std::vector<double> ncuts;  // of the null models
  modhost::NullComparison found;

  NullTest(std::string of, double own, std::vector<double> drawn)
      : kind(std::move(of)),
        ncut(own),
        ncuts(std::move(drawn)),
        found(modhost::compare_with_null(ncut, ncuts)) {}
};

// draw(i) for i of 0 .. draws - 1, on all threads; Error(interrupted) when stopped.
std::vector<double> parallel_draws(modhost::Experiment& experiment, const std::string& stage,
                                   int64_t draws, const std::function<double(int64_t)>& draw);

// The graph of a null model from a seed; called by many threads.
using MakeNull = std::function<modhost::UnitGraph(uint64_t seed)>;

// `draws` null models, on all threads; the numbers do not depend on how many there are.
NullTest test_against(modhost::Experiment& experiment, const Clusterer& clusterer,
                      const std::string& kind, int64_t draws, const MakeNull& make);

}  // namespace modhost_spectral
