#include "block_product.h"

#include "cpu_features.h"

namespace modhost {
inline namespace v1 {
namespace detail {

std::vector<BlockProductKernel> usable_block_products() {
  std::vector<BlockProductKernel> out{{"generic", block_product_generic}};
  if (runs_avx2()) out.push_back({"avx2", block_product_avx2});
  if (runs_avx512()) out.push_back({"avx512", block_product_avx512});
  return out;
}

void multiply(const BlockProduct& product) {
  static const auto best = usable_block_products().back().run;
  best(product);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
