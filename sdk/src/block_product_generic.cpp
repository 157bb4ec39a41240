#define MODHOST_ISA generic
#define MODHOST_LANES 4
#define MODHOST_ROWS 4
#define MODHOST_VECTORS 2
#include "block_product_impl.h"

namespace modhost {
inline namespace v1 {
namespace detail {

void block_product_generic(const BlockProduct& product) { generic::run(product); }

}  // namespace detail
}  // namespace v1
}  // namespace modhost
