// The inner loops of spectral clustering, in double, without tensors. Compiled once for each
// instruction set; sums are kept in eight parts each.
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

constexpr int64_t kPack = 8;  // doubles that belong together

inline int64_t padded(int64_t count) { return (count + kPack - 1) / kPack * kPack; }

// Rows one after another, [rows, width]; the width is a multiple of kPack.
struct DenseRows {
  const double* values;
  int64_t rows, width;
};

// Row r has the entries first[r] .. first[r + 1].
struct SparseRows {
  const int64_t* first;
  const int32_t* columns;
  const double* values;
  int64_t rows;
};

// A block of edges, [rows, columns], next to each other.
struct EdgeBlock {
  const double* values;
  int64_t rows, columns;
};

// Points in planes: coordinate d of point i is at[d * stride + i]; the stride is a multiple of
// kPack, and what follows the last point is finite.
struct PointPlanes {
  const double* at;
  int64_t count, dimensions, stride;
};

struct ClusterKernels {
  const char* name;

  // z = R x, then y += R^T z. x, y: [width]; z: [rows].
  void (*dense_gram)(const DenseRows& matrix, const double* x, double* y, double* z);
  void (*sparse_gram)(const SparseRows& matrix, const double* x, double* y, double* z);

  // y_rows += W x_columns; y_columns += W^T x_rows. The y's do not overlap.
  void (*dense_edges)(const EdgeBlock& block, const double* x_rows, const double* x_columns,
                      double* y_rows, double* y_columns);
  void (*sparse_edges)(const SparseRows& block, const double* x_rows, const double* x_columns,
                       double* y_rows, double* y_columns);

  // Whether all are finite and not negative; adds how many are positive.
  bool (*valid)(const double* values, int64_t count, int64_t* positive);

  // Adds the weight of each unit's edges between labelled units (0 and more), and of those between
  // different labels. Labels, degrees and cuts of rows and columns: degree += w, cut += w
  // [differs].
  void (*cut)(const EdgeBlock& block, const int64_t* row_labels, const int64_t* column_labels,
              double* row_degrees, double* row_cuts, double* column_degrees, double* column_cuts);

  // y += factor x, [count]
  void (*add_scaled)(double factor, const double* x, double* y, int64_t count);
  double (*dot)(const double* x, const double* y, int64_t count);

  // How many eigenvalues of a tridiagonal matrix are below each of kPack shifts: the signs of the
  // pivots of T - shift. diagonal: [size]; squares: [size], of the entry before, the first unused.
  void (*count_below)(const double* diagonal, const double* squares, int64_t size,
                      const double* shifts, int64_t* counts);

  // One step of Lloyd's algorithm: labels each point with the nearest center (the first of equals).
  // centers: [clusters, dimensions]; labels, distances (squared): [stride], -1 and 0 beyond the
  // points; sums: [clusters, dimensions + 1], of the points of each cluster and at last their
  // number, which follow the labels from where those were. Returns how many labels changed.
  int64_t (*assign)(const PointPlanes& points, int64_t clusters, const double* centers,
                    int64_t* labels, double* distances, double* sums);

  // nearer[i] = min(nearest[i], |point i - center|^2), [stride], 0 beyond the points; their sum.
  double (*approach)(const PointPlanes& points, const double* center, const double* nearest,
                     double* nearer);
};

const ClusterKernels& cluster_kernels();  // the best for this CPU
std::vector<const ClusterKernels*> usable_cluster_kernels();

namespace generic {
const ClusterKernels& cluster_kernels();
}
namespace avx2 {
const ClusterKernels& cluster_kernels();
}
namespace avx512 {
const ClusterKernels& cluster_kernels();
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
