#include "modhost/weights_options.h"

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

void WeightsOptions::validate() const {
  if (!weights().empty()) return;
  for (const OptionBase* option : all()) {
    const bool needs_file = option != &weights && option != &weights_hash;
    check(!needs_file || option->value_text() == option->default_text(), ErrorCode::config,
          "option 'model." + option->name() + "' is about a file that is not given",
          "give it by --model.weights FILE");
  }
}

}  // namespace v1
}  // namespace modhost
