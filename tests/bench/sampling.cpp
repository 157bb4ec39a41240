// Drawing mask bits: the kernels of each instruction set on a matrix of weights, nothing stored but
// a row; and the masked weights of all samples as one tensor.
#include <ATen/ops/randn.h>

#include "benchmarks.h"
#include "mask_kernels.h"
#include "measure.h"

namespace modhost::bench {
namespace {

using detail::kGroup;
using detail::MaskKernels;

struct Matrix {
  int64_t rows, columns;
  Tensor weight, logits;
  explicit Matrix(bool tiny)
      : rows(tiny ? 20 : 2000),
        columns(rows),
        weight(torch::randn({rows, columns})),
        logits(torch::full({1, rows, columns}, 2.0).set_requires_grad(true)) {}
  int64_t bits() const { return rows * columns * kGroup; }
  const float* weight_row(int64_t row) const { return weight.data_ptr<float>() + row * columns; }
  const float* logits_row(int64_t row) const { return logits.data_ptr<float>() + row * columns; }
  detail::MaskStream stream(int64_t row) const {
    return {1, 2, 0, detail::counter_of(row, 0, columns)};
  }
};

// A row for each sample of a group.
class Rows {
 public:
  explicit Rows(int64_t columns) : values_(torch::randn({kGroup, columns + detail::kBlock})) {
    for (int j = 0; j < kGroup; ++j) rows_[j] = values_[j].data_ptr<float>();
  }
  float** get() { return rows_; }

 private:
  Tensor values_;
  float* rows_[kGroup];
};

void draw(const MaskKernels& kernels, const Matrix& matrix, Rows& out) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    kernels.sample(matrix.stream(row), matrix.weight_row(row), matrix.logits_row(row),
                   matrix.columns, kGroup, out.get(), nullptr);
  }
}

void accumulate(const MaskKernels& kernels, const Matrix& matrix, Rows& from, Rows& gradient,
                Rows& out) {
  for (int64_t row = 0; row < matrix.rows; ++row) {
    kernels.accumulate(matrix.stream(row), 1, matrix.weight_row(row), matrix.logits_row(row),
                       from.get(), matrix.columns, kGroup, false, gradient.get()[0], out.get());
  }
}

template <typename Work>
Series repeated(const Settings& settings, const Work& work) {
  Series out;
  const int64_t repeats = settings.repeats > 0 ? settings.repeats : settings.tiny ? 2 : 7;
  work();
  for (int64_t i = 0; i < repeats; ++i) out.all.push_back(timed(work));
  return out;
}

Json timed_record(const std::string& name, const Settings& settings, const Series& series,
                  int64_t bits) {
  Json out = begin_record(name, settings);
  out["cpu_s"] = series.cpu();
  out["cpu_min"] = series.cpu_min();
  out["cpu_max"] = series.cpu_max();
  out["wall_s"] = series.wall();
  out["ns_per_bit"] = 1e9 * series.cpu() / static_cast<double>(bits);
  return out;
}

Records run_kernels(const MaskKernels& kernels, const Settings& settings) {
  const Matrix matrix(settings.tiny);
  Rows out(matrix.columns), from(matrix.columns), gradient(matrix.columns);
  const std::string name = std::string("sample/") + kernels.name;
  const Series forward = repeated(settings, [&] { draw(kernels, matrix, out); });
  const Series backward =
      repeated(settings, [&] { accumulate(kernels, matrix, from, gradient, out); });
  Json first = timed_record(name, settings, forward, matrix.bits());
  Json second = timed_record(name, settings, backward, matrix.bits());
  first["pass"] = "forward";
  second["pass"] = "backward";
  return {first, second};
}

Records run_tensor(const Settings& settings) {
  const Matrix matrix(settings.tiny);
  MaskSampling sampling;
  sampling.samples = kGroup;
  const Series series =
      repeated(settings, [&] { sample_masked(matrix.weight, matrix.logits, sampling); });
  return {timed_record("sample", settings, series, matrix.bits())};
}

}  // namespace

std::vector<Benchmark> sampling_benchmarks() {
  std::vector<Benchmark> out{{"sample", run_tensor}};
  for (const MaskKernels* kernels : detail::usable_mask_kernels()) {
    out.push_back({std::string("sample/") + kernels->name, [kernels](const Settings& settings) {
                     return run_kernels(*kernels, settings);
                   }});
  }
  return out;
}

}  // namespace modhost::bench
