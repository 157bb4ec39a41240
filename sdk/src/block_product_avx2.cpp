#define MODHOST_ISA avx2
#define MODHOST_LANES 8
#define MODHOST_ROWS 6
#define MODHOST_VECTORS 2
#include "block_product_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

void block_product_avx2(const BlockProduct& product) { avx2::run(product); }

}  // namespace detail
}  // namespace v1
}  // namespace modhost
