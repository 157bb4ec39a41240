#include "modhost/method.h"

namespace modhost {
inline namespace v1 {
MethodBase::~MethodBase() = default;
}  // namespace v1
}  // namespace modhost
