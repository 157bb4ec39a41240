#include "modhost/build_info.h"

namespace modhost {
inline namespace v1 {

const char* sdk_build_text() { return MODHOST_BUILD_TEXT; }

}  // namespace v1
}  // namespace modhost
