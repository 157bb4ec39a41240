// The largest eigenpairs of a symmetric matrix that is known by its products alone.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

// y = M x. Vectors are [padded(size)], 0 beyond the size.
using Product = std::function<void(const double* x, double* y)>;

struct Eigenpairs {
  std::vector<double> values;
  std::vector<std::vector<double>> vectors;  // [padded(size)] each, of length 1
};

struct LanczosProblem {
  int64_t size = 0;
  Product product;   // of a matrix with eigenvalues between -1 and 1
  Eigenpairs known;  // exact pairs, of which no eigenvalue is smaller than any other
  int64_t wanted = 0;
  uint64_t seed = 0;
  int64_t basis = 1000;  // vectors of one run at most
};

// The `wanted` largest besides those known (all there are, when fewer), in descending order: runs
// of the Lanczos algorithm with full orthogonalization against all that is known, each from a
// random vector, until one that looks for more finds nothing larger. So eigenvalues that occur
// several times are found as often as they occur. The residuals are 1e-10 of the largest eigenvalue
// found, that of the last pair 1e-7, which leaves errors of their squares in the eigenvalues.
// Error(internal) if they do not settle.
Eigenpairs largest_eigenpairs(const LanczosProblem& problem);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
