#include "tridiagonal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "cluster_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

double bound(const Tridiagonal& matrix) {  // of all eigenvalues (Gershgorin)
  double out = 0;
  for (int64_t i = 0; i < matrix.size(); ++i) {
    const double before = i > 0 ? std::abs(matrix.beside[i]) : 0;
    const double after = i + 1 < matrix.size() ? std::abs(matrix.beside[i + 1]) : 0;
    out = std::max(out, std::abs(matrix.diagonal[i]) + before + after);
  }
  return out;
}

// The eigenvalues of rank first .. first + kPack - 1 from above, each in a lane of its own.
std::array<double, kPack> bisect(const Tridiagonal& matrix, const std::vector<double>& squares,
                                 int64_t first, double limit) {
  const ClusterKernels& kernels = cluster_kernels();
  std::array<double, kPack> low, high, middle;
  low.fill(-limit);
  high.fill(limit);
  std::array<int64_t, kPack> below{};
  // 64 halvings pass the last place of a double; most matrices need fewer.
  for (int step = 0; step < 64 && high[0] - low[0] > kEpsilon * limit; ++step) {
    for (int64_t p = 0; p < kPack; ++p) middle[p] = 0.5 * (low[p] + high[p]);
    kernels.count_below(matrix.diagonal.data(), squares.data(), matrix.size(), middle.data(),
                        below.data());
    for (int64_t p = 0; p < kPack; ++p) {
      const bool above = matrix.size() - below[p] > first + p;  // the eigenvalue is not below
      (above ? low : high)[p] = middle[p];
    }
  }
  for (int64_t p = 0; p < kPack; ++p) middle[p] = 0.5 * (low[p] + high[p]);
  return middle;
}

// T - shift = L U with rows exchanged where that keeps the factors small.
class Factors {
 public:
  Factors(const Tridiagonal& matrix, double shift, double least) {
    const int64_t size = matrix.size();
    rows_.resize(static_cast<size_t>(size));
    double diagonal = matrix.diagonal[0] - shift;
    double after = size > 1 ? matrix.beside[1] : 0;
    for (int64_t i = 0; i < size; ++i) {
      Row& row = rows_[i];
      if (i + 1 == size) {
        row = {pivot(diagonal, least), 0, 0, 0, false};
        break;
      }
      const double below = matrix.beside[i + 1], next = matrix.diagonal[i + 1] - shift;
      const double next_after = i + 2 < size ? matrix.beside[i + 2] : 0;
      row.swapped = std::abs(below) > std::abs(diagonal);
      if (row.swapped) {
        row = {below, next, next_after, diagonal / below, true};
        diagonal = after - row.factor * next;
        after = -row.factor * next_after;
      } else {
        const double divisor = pivot(diagonal, least);
        row = {divisor, after, 0, below / divisor, false};
        diagonal = next - row.factor * after;
        after = next_after;
      }
    }
  }

  void solve(std::vector<double>& x) const {
    const auto size = static_cast<int64_t>(rows_.size());
    for (int64_t i = 0; i + 1 < size; ++i) {
      if (rows_[i].swapped) std::swap(x[i], x[i + 1]);
      x[i + 1] -= rows_[i].factor * x[i];
    }
    for (int64_t i = size - 1; i >= 0; --i) {
      if (i + 1 < size) x[i] -= rows_[i].first * x[i + 1];
      if (i + 2 < size) x[i] -= rows_[i].second * x[i + 2];
      x[i] /= rows_[i].diagonal;
    }
  }

 private:
  struct Row {
    double diagonal, first, second;  // of U
    double factor;                   // of L
    bool swapped;
  };
  static double pivot(double value, double least) {
    return std::abs(value) < least ? std::copysign(least, value) : value;
  }
  std::vector<Row> rows_;
};

void make_unit(std::vector<double>& x) {
  double largest = 0, sum = 0;
  for (const double value : x) largest = std::max(largest, std::abs(value));
  for (double& value : x) {
    value /= largest;
    sum += value * value;
  }
  const double factor = 1 / std::sqrt(sum);
  for (double& value : x) value *= factor;
}

void make_orthogonal(std::vector<double>& x, const std::vector<double>& other) {
  double product = 0;
  for (size_t i = 0; i < x.size(); ++i) product += x[i] * other[i];
  for (size_t i = 0; i < x.size(); ++i) x[i] -= product * other[i];
}

}  // namespace

std::vector<double> largest_eigenvalues(const Tridiagonal& matrix, int64_t count) {
  std::vector<double> squares(matrix.beside);
  for (double& value : squares) value *= value;
  const double limit = bound(matrix) * (1 + 4 * kEpsilon) + std::numeric_limits<double>::min();
  std::vector<double> out;
  for (int64_t first = 0; first < count; first += kPack) {
    for (const double value : bisect(matrix, squares, first, limit)) {
      if (static_cast<int64_t>(out.size()) < count) out.push_back(value);
    }
  }
  return out;
}

std::vector<std::vector<double>> eigenvectors(const Tridiagonal& matrix,
                                              const std::vector<double>& eigenvalues) {
  const double limit = bound(matrix) + std::numeric_limits<double>::min();
  const double close = 1e-3 * limit;
  std::vector<std::vector<double>> out;
  for (size_t e = 0; e < eigenvalues.size(); ++e) {
    const Factors factors(matrix, eigenvalues[e], kEpsilon * limit);
    std::vector<double> x(static_cast<size_t>(matrix.size()));
    // Not orthogonal to any eigenvector, but for an improbable one.
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = 1 + 0.5 * std::cos(1.7 * static_cast<double>(i + e));
    for (int step = 0; step < 3; ++step) {
      factors.solve(x);
      make_unit(x);
      for (size_t before = 0; before < e; ++before) {
        if (std::abs(eigenvalues[before] - eigenvalues[e]) < close) make_orthogonal(x, out[before]);
      }
      make_unit(x);
    }
    out.push_back(std::move(x));
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
