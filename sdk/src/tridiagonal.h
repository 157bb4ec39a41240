// The largest eigenpairs of a symmetric tridiagonal matrix without zeros beside its diagonal.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

struct Tridiagonal {
  std::vector<double> diagonal;  // [size]
  std::vector<double> beside;    // [size]: entry i is at [i, i - 1]; the first is not used

  int64_t size() const { return static_cast<int64_t>(diagonal.size()); }
};

// In descending order, to a few units in the last place of the largest (bisection; Golub, Van Loan,
// section 8.4). `count` is at most the size.
std::vector<double> largest_eigenvalues(const Tridiagonal& matrix, int64_t count);

// Their unit eigenvectors [count][size], by inverse iteration; those of close eigenvalues are made
// orthogonal.
std::vector<std::vector<double>> eigenvectors(const Tridiagonal& matrix,
                                              const std::vector<double>& eigenvalues);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
