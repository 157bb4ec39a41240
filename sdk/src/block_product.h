// Products of small matrices that are read as they lie: no packing, no threads, and each entry
// summed in the order of the inner index, so that results depend neither on how the work was cut
// into blocks nor on the width of the vectors (on every CPU with fused multiply-add).
#pragma once

#include <cstdint>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

constexpr int64_t kStrip = 32;  // columns that the kernels take at once at best

// C[m, n] = A B + (add ? C : 0) with entries A[r, i] = a[r * a_row + i * a_inner]; the rows of B
// and C are contiguous. n is a multiple of 16. With `bits`, n is at most kStrip and B[i, c] counts
// as zero unless bit c of bits[i * bits_row] is set.
struct BlockProduct {
  int64_t m, n, inner;
  const float* a;
  int64_t a_row, a_inner;
  const float* b;
  int64_t b_row;
  float* c;
  int64_t c_row;
  bool add;
  const uint32_t* bits = nullptr;
  int64_t bits_row = 1;
};

// By the best kernel for this CPU.
void multiply(const BlockProduct& product);

struct BlockProductKernel {
  const char* name;
  void (*run)(const BlockProduct& product);
};
std::vector<BlockProductKernel> usable_block_products();

void block_product_generic(const BlockProduct& product);
void block_product_avx2(const BlockProduct& product);
void block_product_avx512(const BlockProduct& product);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
