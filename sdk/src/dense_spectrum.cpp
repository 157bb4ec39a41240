#include "dense_spectrum.h"

#include <Eigen/Eigenvalues>

#include "dense_matrix.h"

namespace modhost {
inline namespace v1 {
namespace detail {

Eigenpairs dense_eigenpairs(const UnitGraph& graph, const std::vector<double>& scale,
                            int64_t count) {
  Eigen::MatrixXd matrix = dense_adjacency(graph, "the eigenvalue solver 'dense'");
  const Eigen::Map<const Eigen::VectorXd> factors(scale.data(), static_cast<int64_t>(scale.size()));
  matrix = factors.asDiagonal() * matrix * factors.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(matrix);
  Eigenpairs out;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = matrix.cols() - 1 - i;
    const Eigen::VectorXd vector = solver.eigenvectors().col(at);
    out.values.push_back(solver.eigenvalues()(at));
    out.vectors.emplace_back(vector.data(), vector.data() + vector.size());
  }
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
