// The inner loops of spectral clustering, of every instruction set this CPU has, against plain
// loops; and tridiagonal eigenproblems with a known answer.
#include "cluster_kernels.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "modhost/random.h"
#include "tridiagonal.h"

using namespace modhost;
using namespace modhost::detail;

namespace {

std::vector<double> numbers(int64_t count, uint64_t seed, double zeros = 0) {
  RandomStream random(seed);
  std::vector<double> out;
  for (int64_t i = 0; i < count; ++i) {
    const double value = random.uniform();
    out.push_back(random.uniform() < zeros ? 0 : value);
  }
  return out;
}

void check_close(const std::vector<double>& seen, const std::vector<double>& expected) {
  REQUIRE(seen.size() == expected.size());
  for (size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == Approx(expected[i]).margin(1e-12));
}

struct Lists {
  std::vector<int64_t> first{0};
  std::vector<int32_t> columns;
  std::vector<double> values;
  Lists(const std::vector<double>& dense, int64_t rows, int64_t width) {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < width; ++c) {
        if (dense[r * width + c] == 0) continue;
        columns.push_back(static_cast<int32_t>(c));
        values.push_back(dense[r * width + c]);
      }
      first.push_back(static_cast<int64_t>(values.size()));
    }
  }
  SparseRows view() const {
    return {first.data(), columns.data(), values.data(), static_cast<int64_t>(first.size()) - 1};
  }
};

}  // namespace

TEST_CASE("products with graphs are those of plain loops", "[clustering][kernels]") {
  for (const ClusterKernels* kernels : usable_cluster_kernels()) {
    for (const auto& [rows, width] : {std::pair<int64_t, int64_t>{1, 8}, {7, 24}, {13, 40}}) {
      INFO(kernels->name << ", " << rows << " x " << width);
      const std::vector<double> r = numbers(rows * width, 1, 0.3), x = numbers(width, 2);
      const std::vector<double> start = numbers(width, 3), of_rows = numbers(rows, 4);
      std::vector<double> z(rows, 0), y(start), edge_rows(of_rows), edge_columns(start);
      for (int64_t i = 0; i < rows; ++i) {
        for (int64_t j = 0; j < width; ++j) z[i] += r[i * width + j] * x[j];
        for (int64_t j = 0; j < width; ++j) y[j] += r[i * width + j] * z[i];
        for (int64_t j = 0; j < width; ++j) edge_columns[j] += r[i * width + j] * of_rows[i];
        edge_rows[i] += z[i];
      }
      const Lists lists(r, rows, width);
      std::vector<double> y1(start), z1(rows), y2(start), z2(rows);
      kernels->dense_gram({r.data(), rows, width}, x.data(), y1.data(), z1.data());
      kernels->sparse_gram(lists.view(), x.data(), y2.data(), z2.data());
      check_close(y1, y);
      check_close(z1, z);
      check_close(y2, y);
      check_close(z2, z);
      std::vector<double> a1(of_rows), b1(start), a2(of_rows), b2(start);
      kernels->dense_edges({r.data(), rows, width}, of_rows.data(), x.data(), a1.data(), b1.data());
      kernels->sparse_edges(lists.view(), of_rows.data(), x.data(), a2.data(), b2.data());
      check_close(a1, edge_rows);
      check_close(b1, edge_columns);
      check_close(a2, edge_rows);
      check_close(b2, edge_columns);
    }
  }
}

TEST_CASE("bad weights are seen wherever they are", "[clustering][kernels]") {
  for (const ClusterKernels* kernels : usable_cluster_kernels()) {
    for (int64_t count = 1; count < 20; ++count) {
      std::vector<double> values = numbers(count, 5, 0.5);
      int64_t positive = 0, expected = 0;
      for (const double value : values) expected += value > 0;
      CHECK(kernels->valid(values.data(), count, &positive));
      CHECK(positive == expected);
      for (int64_t at = 0; at < count; ++at) {
        for (const double bad : std::vector<double>{-1e-300, NAN, -INFINITY, INFINITY}) {
          std::vector<double> broken(values);
          broken[at] = bad;
          CHECK_FALSE(kernels->valid(broken.data(), count, &positive));
        }
      }
    }
  }
}

TEST_CASE("points go to the nearest center, and sums follow", "[clustering][kernels]") {
  for (const ClusterKernels* kernels : usable_cluster_kernels()) {
    for (const int64_t dimensions : {1, 3, 4, 9}) {
      const int64_t count = 61, stride = padded(count), clusters = 5;
      INFO(kernels->name << ", " << dimensions << " dimensions");
      const std::vector<double> at = numbers(dimensions * stride, 6);
      const PointPlanes points{at.data(), count, dimensions, stride};
      std::vector<int64_t> labels(stride, -1);
      std::vector<double> distances(stride), sums(clusters * (dimensions + 1), 0);
      for (const int seed : {7, 8}) {  // the second time labels change from the first
        const std::vector<double> centers =
            numbers(clusters * dimensions, static_cast<uint64_t>(seed));
        const std::vector<int64_t> before(labels);
        const int64_t changed = kernels->assign(points, clusters, centers.data(), labels.data(),
                                                distances.data(), sums.data());
        int64_t expected_changes = 0;
        std::vector<double> expected_sums(sums.size(), 0);
        for (int64_t i = 0; i < count; ++i) {
          double least = INFINITY;
          int64_t label = -1;
          for (int64_t k = 0; k < clusters; ++k) {
            double away = 0;
            for (int64_t d = 0; d < dimensions; ++d) {
              away += std::pow(at[d * stride + i] - centers[k * dimensions + d], 2);
            }
            if (away < least) {
              least = away;
              label = k;
            }
          }
          CHECK(labels[i] == label);
          CHECK(distances[i] == Approx(least));
          expected_changes += label != before[i];
          for (int64_t d = 0; d < dimensions; ++d) {
            expected_sums[label * (dimensions + 1) + d] += at[d * stride + i];
          }
          expected_sums[label * (dimensions + 1) + dimensions] += 1;
        }
        CHECK(changed == expected_changes);
        check_close(sums, expected_sums);
        for (int64_t i = count; i < stride; ++i) {
          CHECK(labels[i] == -1);
          CHECK(distances[i] == 0);
        }
      }
    }
  }
}

TEST_CASE("the eigenpairs of the second difference are sines", "[clustering][kernels]") {
  // 2 on the diagonal, -1 beside: 2 - 2 cos(pi j / (n + 1)), vectors sin(pi j i / (n + 1))
  for (const int64_t size : {1, 2, 3, 10, 77}) {
    Tridiagonal matrix{std::vector<double>(size, 2), std::vector<double>(size, -1)};
    const int64_t count = std::min<int64_t>(size, 9);
    const std::vector<double> values = largest_eigenvalues(matrix, count);
    const auto vectors = eigenvectors(matrix, values);
    const double step = std::acos(-1.0) / static_cast<double>(size + 1);
    for (int64_t e = 0; e < count; ++e) {
      const double angle = step * static_cast<double>(size - e);
      CHECK(values[e] == Approx(2 - 2 * std::cos(angle)).margin(1e-14));
      double product = 0;
      for (int64_t i = 0; i < size; ++i) {
        product += vectors[e][i] * std::sin(angle * static_cast<double>(i + 1));
      }
      CHECK(std::abs(product) * std::sqrt(2 / static_cast<double>(size + 1)) ==
            Approx(1).epsilon(1e-10));
    }
  }
}
