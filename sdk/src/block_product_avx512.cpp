#define MODHOST_ISA avx512
#define MODHOST_LANES 16
#define MODHOST_ROWS 12
#define MODHOST_VECTORS 2
#include "block_product_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

void block_product_avx512(const BlockProduct& product) { avx512::run(product); }

}  // namespace detail
}  // namespace v1
}  // namespace modhost
