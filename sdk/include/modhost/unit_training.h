// Training for a graph of units (unit_graph.h) that falls into clusters: where it begins, and a
// penalty on the way (Filan et al. 2021, sections 4 and 5).
#pragma once

#include <cstdint>

namespace modhost {
inline namespace v1 {

// Initial weights in modules: each unit is of one of `modules` modules at random (outputs, where
// there are at most so many, of one each); weights between units of one module are multiplied by
// 1 + (1 - down) * (modules - 1), which keeps their mean size, all others by `down`.
struct ModularInit {
  int64_t modules = 0;  // 0: none
  double down = 0.6;
  bool first = false;  // also weights that read the network's input
};

// Adds `weight` times the mean of the eigenvalues 2 .. eigenvalues + 1 of the normalised Laplacian
// of the network's graph of units (eigenvalue_penalty.h) to what is minimised.
struct ClusterPenalty {
  double weight = 0;  // 0: none
  int64_t eigenvalues = 3;
  int64_t every = 1;  // so many steps apart, with `every` times the weight
  // Before that the weights into each hidden unit, with its bias, are scaled to norm sqrt(2) and
  // those out of it by the inverse: the same function where units are ReLU.
  bool normalize = false;
};

}  // namespace v1
}  // namespace modhost
