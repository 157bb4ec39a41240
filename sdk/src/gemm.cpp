#include "gemm.h"

#include <dlfcn.h>

#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using Sgemm = void (*)(const char*, const char*, const int*, const int*, const int*, const float*,
                       const float*, const int*, const float*, const int*, const float*, float*,
                       const int*);

template <typename F>
F symbol(const char* name) {
  return reinterpret_cast<F>(::dlsym(RTLD_DEFAULT, name));
}

// OpenBLAS with threads of its own; one that uses OpenMP's must not be told a number.
struct BlasThreads {
  int (*get)() = nullptr;
  void (*set)(int) = nullptr;
  BlasThreads() {
    const auto kind = symbol<int (*)()>("openblas_get_parallel");
    constexpr int kOwnThreads = 1;
    if (kind == nullptr || kind() != kOwnThreads) return;
    get = symbol<int (*)()>("openblas_get_num_threads");
    set = symbol<void (*)(int)>("openblas_set_num_threads");
  }
};

const BlasThreads& blas_threads() {
  static const BlasThreads threads;
  return threads;
}

// A LibTorch that hides its BLAS is asked through tensors.
void gemm_by_tensors(Product product, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
                     const float* b, int64_t ldb, bool add, float* c, int64_t ldc) {
  const torch::NoGradGuard no_grad;
  const auto view = [](const float* data, int64_t rows, int64_t columns, int64_t stride) {
    return torch::from_blob(const_cast<float*>(data), {rows, columns}, {stride, 1}, torch::kFloat);
  };
  const Tensor left = product == Product::tn ? view(a, k, m, lda).t() : view(a, m, k, lda);
  const Tensor right = product == Product::nt ? view(b, n, k, ldb).t() : view(b, k, n, ldb);
  Tensor out = view(c, m, n, ldc);
  if (add) {
    out.addmm_(left, right);
  } else {
    torch::mm_out(out, left, right);
  }
}

}  // namespace

void gemm(Product product, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, bool add, float* c, int64_t ldc) {
  static const auto sgemm = symbol<Sgemm>("sgemm_");
  if (sgemm == nullptr) return gemm_by_tensors(product, m, n, k, a, lda, b, ldb, add, c, ldc);
  // Fortran's matrices are columns first: the transposed product with the factors exchanged.
  const auto whole = [](int64_t value) { return static_cast<int>(value); };
  const int rows = whole(n), columns = whole(m), inner = whole(k);
  const int first = whole(ldb), second = whole(lda), third = whole(ldc);
  const float one = 1, beta = add ? 1 : 0;
  sgemm(product == Product::nt ? "T" : "N", product == Product::tn ? "T" : "N", &rows, &columns,
        &inner, &one, b, &first, a, &second, &beta, c, &third);
}

SingleThreadedBlas::SingleThreadedBlas() {
  if (blas_threads().set == nullptr) return;
  before_ = blas_threads().get();
  if (before_ > 1) blas_threads().set(1);
}

SingleThreadedBlas::~SingleThreadedBlas() {
  if (before_ > 1) blas_threads().set(before_);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
