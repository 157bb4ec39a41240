// Pruning by magnitude while a network is trained: which share of its weights is gone when.
#pragma once

#include <cstdint>
#include <string>

namespace modhost {
inline namespace v1 {

// The last `epochs` of a training, its pruning phase. At every so many steps of it, before the
// step, the smallest |w| of each kernel (of each network by itself) become zero and stay zero. The
// last of these prunings reaches `sparsity` exactly, whatever its schedule says.
struct PrunePlan {
  // polynomial: Zhu and Gupta 2018, equation 1 over the phase's steps, as tfmot's PolynomialDecay;
  // zhu_gupta: the same over the number of prunings, as in the PyTorch code of Filan et al. 2021;
  // none: no pruning.
  std::string schedule = "none";
  double sparsity = 0.9;        // the share of a kernel's entries that is zero at the end
  double start_sparsity = 0.5;  // the share at the first pruning
  int64_t epochs = 0;           // 0: half of all (polynomial) or a quarter (zhu_gupta), at least 1
  int64_t every = 10;           // steps from one pruning to the next
  bool fresh_optimizer = true;  // the phase begins with an optimiser without a past
  bool on() const { return schedule != "none"; }
};

// Whether the phase's step `step` (from 0, of `steps`) begins with a pruning.
bool prunes_at(const PrunePlan& plan, int64_t step, int64_t steps);

// The share that is zero after the pruning before that step: never falls, `sparsity` at the last.
double sparsity_at(const PrunePlan& plan, int64_t step, int64_t steps);

}  // namespace v1
}  // namespace modhost
