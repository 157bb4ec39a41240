// Layer normalisation.
#pragma once

#include <cmath>

#include "norm_kernels.h"
#include "norm_span_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

template <typename T, int W>
void rows_of(const RowNorm& norm, int64_t rows, const T* x, const T* scale, const T* shift, T* y,
             RowStatistics<T> statistics) {
  const Span<T, W> span(norm.features);
  const double count = static_cast<double>(norm.features);
  const auto at = [](const T* from, int64_t i) { return load<T, W>(from + i); };
  for (int64_t row = 0; row < rows; ++row, x += norm.features, y += norm.features) {
    const T mean = span.sum([&](int64_t i) { return at(x, i); }) / static_cast<T>(count);
    const double squares = span.sum([&](int64_t i) {
      const auto distance = at(x, i) - mean;
      return distance * distance;
    });
    double factor = 0, pull = 1 / count;
    if (norm.unbiased) {
      const double deviation = std::sqrt(squares / (count - 1));
      factor = 1 / (deviation + norm.eps);
      pull = deviation > 0 ? 1 / ((count - 1) * deviation * factor) : 0;
    } else {
      factor = 1 / std::sqrt(squares / count + norm.eps);
    }
    const T by = static_cast<T>(factor);
    span.each(
        [&](int64_t i) { store(y + i, (at(x, i) - mean) * by * at(scale, i) + at(shift, i)); });
    statistics.mean[row] = mean;
    statistics.factor[row] = by;
    statistics.pull[row] = static_cast<T>(pull);
  }
}

// dx = factor (g scale - mean(g scale) - pull z sum(g scale z)), z = (x - mean) factor.
template <typename T, int W>
void rows_backward_of(const RowNorm& norm, int64_t rows, const T* x, const T* g, const T* scale,
                      RowStatistics<T> statistics, T* dx, T* dscale, T* dshift) {
  const Span<T, W> span(norm.features);
  const T count = static_cast<T>(norm.features);
  const auto at = [](const T* from, int64_t i) { return load<T, W>(from + i); };
  for (int64_t row = 0; row < rows; ++row) {
    const T mean = statistics.mean[row], factor = statistics.factor[row];
    const T level = span.sum([&](int64_t i) { return at(g, i) * at(scale, i); }) / count;
    const T slope =
        span.sum([&](int64_t i) { return at(g, i) * at(scale, i) * (at(x, i) - mean); }) * factor *
        factor * statistics.pull[row];
    span.each([&](int64_t i) {
      store(dx + i, (at(g, i) * at(scale, i) - level - (at(x, i) - mean) * slope) * factor);
    });
    if (dscale != nullptr) {
      span.add(dscale, [&](int64_t i) { return at(g, i) * ((at(x, i) - mean) * factor); });
      span.add(dshift, [&](int64_t i) { return at(g, i); });
    }
    x += norm.features, g += norm.features, dx += norm.features;
  }
}

template <typename T>
void rows(const RowNorm& norm, int64_t rows, const T* x, const T* scale, const T* shift, T* y,
          RowStatistics<T> statistics) {
  with_width<T>(norm.features, [&](auto width) {
    rows_of<T, decltype(width)::value>(norm, rows, x, scale, shift, y, statistics);
  });
}

template <typename T>
void rows_backward(const RowNorm& norm, int64_t rows, const T* x, const T* g, const T* scale,
                   RowStatistics<T> statistics, T* dx, T* dscale, T* dshift) {
  with_width<T>(norm.features, [&](auto width) {
    rows_backward_of<T, decltype(width)::value>(norm, rows, x, g, scale, statistics, dx, dscale,
                                                dshift);
  });
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
