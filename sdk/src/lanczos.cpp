#include "lanczos.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cluster_kernels.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "tridiagonal.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr double kResidual = 1e-10, kLastResidual = 1e-7;  // of the largest eigenvalue
constexpr double kNothing = 1e-13;  // a residual of rounding errors only: the space is complete
constexpr int64_t kLook = 12;       // steps of a run that looks for more
constexpr int64_t kFirstCheck = 30, kCheckEvery = 10;
constexpr int kMostRuns = 60;

// Rows that are orthogonal to each other: what is known and found, then the vectors of this run.
class Basis {
 public:
  explicit Basis(int64_t size) : width_(padded(size)), product_(width_) {}

  int64_t rows() const { return rows_; }
  double* row(int64_t r) { return values_.data() + r * width_; }

  void push(const double* x, double factor) {
    values_.resize(static_cast<size_t>((rows_ + 1) * width_));
    for (int64_t i = 0; i < width_; ++i) row(rows_)[i] = factor * x[i];
    ++rows_;
  }
  void shrink(int64_t rows) { rows_ = rows; }

  // Removes from x what lies in the rows' space, twice, which is enough (Parlett); returns the
  // product with the last row.
  double remove_from(double* x) {
    const ClusterKernels& kernels = cluster_kernels();
    factors_.resize(static_cast<size_t>(rows_));
    double last = 0;
    for (int pass = 0; pass < 2; ++pass) {
      std::fill(product_.begin(), product_.end(), 0.0);
      kernels.dense_gram({values_.data(), rows_, width_}, x, product_.data(), factors_.data());
      kernels.add_scaled(-1, product_.data(), x, width_);
      if (rows_ > 0) last += factors_.back();
    }
    return last;
  }

  // sum over i of weights[i] row(first + i)
  std::vector<double> combine(int64_t first, const std::vector<double>& weights) {
    std::vector<double> out(static_cast<size_t>(width_), 0);
    for (size_t i = 0; i < weights.size(); ++i) {
      cluster_kernels().add_scaled(weights[i], row(first + static_cast<int64_t>(i)), out.data(),
                                   width_);
    }
    return out;
  }

 private:
  int64_t width_, rows_ = 0;
  std::vector<double> values_, product_, factors_;
};

double length(const std::vector<double>& x) {
  return std::sqrt(cluster_kernels().dot(x.data(), x.data(), static_cast<int64_t>(x.size())));
}

class Lanczos {
 public:
  explicit Lanczos(const LanczosProblem& problem)
      : problem_(problem), basis_(problem.size), random_(problem.seed) {
    for (const auto& vector : problem.known.vectors) basis_.push(vector.data(), 1);
  }

  Eigenpairs all() {
    int runs = 0;
    std::vector<double> start = random_start();
    while (missing() > 0) {
      check_runs(++runs);
      start = run(std::move(start), missing(), false);
    }
    while (!complete() && !found_.values.empty()) {
      check_runs(++runs);
      const size_t before = found_.values.size();
      run(random_start(), 1, true);
      if (found_.values.size() == before) break;
      drop_smallest();
    }
    return sorted();
  }

 private:
  bool complete() const { return basis_.rows() == problem_.size; }
  int64_t missing() const {
    return complete() ? 0 : problem_.wanted - static_cast<int64_t>(found_.values.size());
  }
  static void check_runs(int runs) {
    check(runs <= kMostRuns, ErrorCode::internal,
          "the largest eigenvalues of the graph do not settle", "take the solver 'dense'");
  }

  std::vector<double> random_start() {
    std::vector<double> out(static_cast<size_t>(padded(problem_.size)), 0);
    for (int64_t i = 0; i < problem_.size; ++i) out[i] = random_.uniform() - 0.5;
    return out;
  }

  // Extends the space of `start` until the `wanted` largest pairs of it are exact, or, to look for
  // more, until it is clear that there are none; keeps those that are. Returns where to go on.
  std::vector<double> run(std::vector<double> start, int64_t wanted, bool look) {
    const int64_t locked = basis_.rows();
    const int64_t most = std::min(problem_.size - locked, problem_.basis);
    Tridiagonal matrix;
    basis_.remove_from(start.data());
    double beside = length(start);
    std::vector<double> next = std::move(start);
    for (;;) {
      basis_.push(next.data(), 1 / beside);
      problem_.product(basis_.row(basis_.rows() - 1), next.data());
      matrix.beside.push_back(matrix.size() > 0 ? beside : 0);
      matrix.diagonal.push_back(basis_.remove_from(next.data()));
      beside = length(next);
      const int64_t steps = matrix.size();
      const bool last = steps == most || beside <= kNothing;
      if (beside <= kNothing) beside = 0;
      if (steps == most && most == problem_.size - locked) beside = 0;
      if (look && steps == kLook && !last && !finds_more(matrix)) {
        basis_.shrink(locked);
        return next;
      }
      if (last || (steps >= kFirstCheck && (steps - kFirstCheck) % kCheckEvery == 0)) {
        if (look && last && !finds_more(matrix)) {
          basis_.shrink(locked);
          return next;
        }
        if (settle(matrix, beside, {locked, wanted, last, look})) return std::move(next_);
      }
    }
  }

  bool finds_more(const Tridiagonal& matrix) const {
    const double least = *std::min_element(found_.values.begin(), found_.values.end());
    return largest_eigenvalues(matrix, 1).front() > least + 1e-12;
  }

  struct Turn {
    int64_t locked, wanted;
    bool last, look;
  };

  // Whether the run is over: all wanted pairs exact, or no more room.
  bool settle(const Tridiagonal& matrix, double beside, const Turn& turn) {
    const int64_t count = std::min(turn.wanted, matrix.size());
    const std::vector<double> values = largest_eigenvalues(matrix, count);
    const auto vectors = eigenvectors(matrix, values);
    double scale = std::abs(values.front());
    for (const double value : found_.values) scale = std::max(scale, std::abs(value));
    int64_t exact = 0;
    while (exact < count) {
      const bool final = exact + 1 == turn.wanted && !turn.look;
      const double allowed = std::max((final ? kLastResidual : kResidual) * scale, kNothing);
      if (beside * std::abs(vectors[exact].back()) > allowed) break;
      ++exact;
    }
    if (exact < count && !turn.last) return false;
    std::vector<std::vector<double>> pairs;
    next_ = random_start();
    for (int64_t i = 0; i < count; ++i) pairs.push_back(basis_.combine(turn.locked, vectors[i]));
    for (int64_t i = exact; i < count; ++i) {  // those that are not exact yet: go on from there
      if (i == exact) std::fill(next_.begin(), next_.end(), 0.0);
      for (size_t j = 0; j < next_.size(); ++j) next_[j] += pairs[i][j];
    }
    basis_.shrink(turn.locked);
    for (int64_t i = 0; i < exact; ++i) {
      basis_.push(pairs[i].data(), 1 / length(pairs[i]));
      found_.values.push_back(values[i]);
      found_.vectors.push_back(std::move(pairs[i]));
    }
    return true;
  }

  void drop_smallest() {
    const auto least = std::min_element(found_.values.begin(), found_.values.end());
    found_.vectors.erase(found_.vectors.begin() + (least - found_.values.begin()));
    found_.values.erase(least);
  }

  Eigenpairs sorted() {
    std::vector<size_t> order(found_.values.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [this](size_t a, size_t b) { return found_.values[a] > found_.values[b]; });
    Eigenpairs out;
    for (const size_t i : order) {
      out.values.push_back(found_.values[i]);
      out.vectors.push_back(std::move(found_.vectors[i]));
    }
    return out;
  }

  const LanczosProblem& problem_;
  Basis basis_;
  RandomStream random_;
  Eigenpairs found_;
  std::vector<double> next_;
};

}  // namespace

Eigenpairs largest_eigenpairs(const LanczosProblem& problem) {
  if (problem.wanted <= 0) return {};
  return Lanczos(problem).all();
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
