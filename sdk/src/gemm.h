// Matrix products of row-major float blocks, for kernels that cut their work into blocks
// themselves.
#pragma once

#include <cstdint>

namespace modhost {
inline namespace v1 {
namespace detail {

enum class Product { nn, nt, tn };  // which factor is read transposed

// C[m, n] = op(A) op(B) + (add ? C : 0). Leading dimensions count floats from row to row:
//   nn: A [m, k], B [k, n];   nt: A [m, k], B [n, k];   tn: A [k, m], B [k, n].
// Calls the BLAS that LibTorch brought along, on the calling thread when a SingleThreadedBlas
// lives.
void gemm(Product product, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda,
          const float* b, int64_t ldb, bool add, float* c, int64_t ldc);

// While it lives, BLAS calls do not start threads of their own: for use around at::parallel_for.
class SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;
  ~SingleThreadedBlas();

 private:
  int before_ = 0;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
