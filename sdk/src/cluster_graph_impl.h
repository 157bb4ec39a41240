// Products with the matrix of a graph, each entry read once.
#pragma once

#include "cluster_pack_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

// Some rows together, so that x and y are read once for all of them.
template <int kRows>
MODHOST_INLINE void gram_rows(const double* rows, int64_t width, const double* x, double* y,
                              double* z) {
  Pack product[kRows] = {};
  for (int64_t c = 0; c < width; c += kPack) {
    const Pack at = load(x + c);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) product[r] += load(rows + r * width + c) * at;
  }
  double factor[kRows];
  for (int r = 0; r < kRows; ++r) factor[r] = z[r] = sum(product[r]);
  for (int64_t c = 0; c < width; c += kPack) {
    Pack to = load(y + c);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) to += factor[r] * load(rows + r * width + c);
    store(y + c, to);
  }
}

void dense_gram(const DenseRows& matrix, const double* x, double* y, double* z) {
  const int64_t width = matrix.width;
  int64_t row = 0;
  for (; row + 4 <= matrix.rows; row += 4) {
    gram_rows<4>(matrix.values + row * width, width, x, y, z + row);
  }
  for (; row < matrix.rows; ++row) {
    gram_rows<1>(matrix.values + row * width, width, x, y, z + row);
  }
}

MODHOST_INLINE double sparse_dot(const SparseRows& matrix, int64_t row, const double* x) {
  double part[4] = {};
  const int64_t end = matrix.first[row + 1];
  int64_t i = matrix.first[row];
  for (; i + 4 <= end; i += 4) {
#pragma GCC unroll 4
    for (int p = 0; p < 4; ++p) part[p] += matrix.values[i + p] * x[matrix.columns[i + p]];
  }
  for (; i < end; ++i) part[0] += matrix.values[i] * x[matrix.columns[i]];
  return (part[0] + part[1]) + (part[2] + part[3]);
}

void sparse_gram(const SparseRows& matrix, const double* x, double* __restrict y, double* z) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    const double factor = z[row] = sparse_dot(matrix, row, x);
    for (int64_t i = matrix.first[row]; i < matrix.first[row + 1]; ++i) {
      y[matrix.columns[i]] += factor * matrix.values[i];
    }
  }
}

template <int kRows>
MODHOST_INLINE void edge_rows(const double* rows, int64_t columns, const double* x_rows,
                              const double* x_columns, double* y_rows, double* y_columns) {
  Pack product[kRows] = {};
  int64_t c = 0;
  for (; c + kPack <= columns; c += kPack) {
    const Pack at = load(x_columns + c);
    Pack to = load(y_columns + c);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const Pack weight = load(rows + r * columns + c);
      product[r] += weight * at;
      to += x_rows[r] * weight;
    }
    store(y_columns + c, to);
  }
  for (int r = 0; r < kRows; ++r) y_rows[r] += sum(product[r]);
  for (; c < columns; ++c) {
    for (int r = 0; r < kRows; ++r) {
      const double weight = rows[r * columns + c];
      y_rows[r] += weight * x_columns[c];
      y_columns[c] += weight * x_rows[r];
    }
  }
}

void dense_edges(const EdgeBlock& block, const double* x_rows, const double* x_columns,
                 double* y_rows, double* y_columns) {
  const int64_t columns = block.columns;
  int64_t row = 0;
  for (; row + 4 <= block.rows; row += 4) {
    edge_rows<4>(block.values + row * columns, columns, x_rows + row, x_columns, y_rows + row,
                 y_columns);
  }
  for (; row < block.rows; ++row) {
    edge_rows<1>(block.values + row * columns, columns, x_rows + row, x_columns, y_rows + row,
                 y_columns);
  }
}

void sparse_edges(const SparseRows& block, const double* x_rows, const double* x_columns,
                  double* y_rows, double* __restrict y_columns) {
  for (int64_t row = 0; row < block.rows; ++row) {
    y_rows[row] += sparse_dot(block, row, x_columns);
    const double factor = x_rows[row];
    for (int64_t i = block.first[row]; i < block.first[row + 1]; ++i) {
      y_columns[block.columns[i]] += factor * block.values[i];
    }
  }
}

bool valid(const double* values, int64_t count, int64_t* positive) {
  PackMask good = PackMask{} - 1, more = PackMask{};
  const Pack most = Pack{} + __DBL_MAX__;
  int64_t i = 0;
  for (; i + kPack <= count; i += kPack) {
    const Pack value = load(values + i);
    good &= (value >= 0.0) & (value <= most);
    more -= value > 0.0;
  }
  if (i < count) {
    const Pack value = load_some<Pack>(values + i, count - i);
    good &= (value >= 0.0) & (value <= most);
    more -= value > 0.0;
  }
  bool all = true;
  for (int p = 0; p < kPack; ++p) {
    all = all && good[p] != 0;
    *positive += more[p];
  }
  return all;
}

// The entries [count] of row and column sums that begin at one column; kWhole: all eight.
template <bool kWhole>
MODHOST_INLINE void cut_columns(const double* row, const int64_t* labels, int64_t label,
                                double* degrees, double* cuts, int64_t count, Pack& degree,
                                Pack& cut) {
  const auto read = [count](const double* from) {
    return kWhole ? load(from) : load_some<Pack>(from, count);
  };
  const PackMask other = kWhole ? load<PackMask>(labels) : load_some<PackMask>(labels, count);
  const auto weight = reinterpret_cast<PackMask>(read(row));
  const Pack counted = reinterpret_cast<Pack>(weight & (other >= 0));
  const Pack leaving = reinterpret_cast<Pack>(weight & (other >= 0) & (other != label));
  degree += counted;
  cut += leaving;
  const Pack degree_sum = read(degrees) + counted, cut_sum = read(cuts) + leaving;
  if (kWhole) {
    store(degrees, degree_sum);
    store(cuts, cut_sum);
  } else {
    store_some(degrees, degree_sum, count);
    store_some(cuts, cut_sum, count);
  }
}

void cut(const EdgeBlock& block, const int64_t* row_labels, const int64_t* column_labels,
         double* row_degrees, double* row_cuts, double* column_degrees, double* column_cuts) {
  for (int64_t r = 0; r < block.rows; ++r) {
    if (row_labels[r] < 0) continue;
    const double* row = block.values + r * block.columns;
    Pack degree{}, leaving{};
    int64_t c = 0;
    for (; c + kPack <= block.columns; c += kPack) {
      cut_columns<true>(row + c, column_labels + c, row_labels[r], column_degrees + c,
                        column_cuts + c, kPack, degree, leaving);
    }
    if (c < block.columns) {
      cut_columns<false>(row + c, column_labels + c, row_labels[r], column_degrees + c,
                         column_cuts + c, block.columns - c, degree, leaving);
    }
    row_degrees[r] += sum(degree);
    row_cuts[r] += sum(leaving);
  }
}

void add_scaled(double factor, const double* x, double* y, int64_t count) {
  int64_t i = 0;
  for (; i + kPack <= count; i += kPack) store(y + i, load(y + i) + factor * load(x + i));
  for (; i < count; ++i) y[i] += factor * x[i];
}

double dot(const double* x, const double* y, int64_t count) {
  Pack product{};
  int64_t i = 0;
  for (; i + kPack <= count; i += kPack) product += load(x + i) * load(y + i);
  double out = sum(product);
  for (; i < count; ++i) out += x[i] * y[i];
  return out;
}

void count_below(const double* diagonal, const double* squares, int64_t size, const double* shifts,
                 int64_t* counts) {
  const Pack shift = load(shifts);
  PackMask below{};
  Pack pivot = diagonal[0] - shift;
  for (int64_t i = 1;; ++i) {
    const PackMask tiny = (pivot < 1e-290) & (pivot > -1e-290);
    pivot = tiny ? Pack{} - 1e-290 : pivot;
    below -= pivot < 0.0;
    if (i == size) break;
    pivot = (diagonal[i] - shift) - squares[i] / pivot;
  }
  store(counts, below);
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
