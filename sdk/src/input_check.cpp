#include "input_check.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {

void refuse_input(const Layer& layer, const Tensor& x, const std::string& expected,
                  bool wants_tokens) {
  std::string got = shape_text(x);
  if (x.is_floating_point() == wants_tokens) {
    got += std::string(" of type ") + c10::toString(x.scalar_type());
  }
  const std::string who = layer.name().empty()
                              ? "layer kind '" + layer.kind() + "'"
                              : "layer '" + layer.name() + "' (" + layer.kind() + ")";
  throw Error(ErrorCode::shape, who + " takes " + expected + "; it got " + got);
}

int64_t given(const std::string& kind, const Option<int64_t>& option) {
  if (option() > 0) return option();
  throw Error(ErrorCode::config, "layer kind '" + kind + "' needs the option '" + option.name() +
                                     "': " + option.help());
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
