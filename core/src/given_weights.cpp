#include "given_weights.h"

#include "settings.h"

namespace modhost::core {

std::unique_ptr<WeightsOptions> given_weights(const CommandLine& line) {
  Settings settings = line.settings;
  set_text(settings, "model", "weights", line.subject, kCommandLine);
  auto options = std::make_unique<WeightsOptions>();
  options->assign("model", "a file of weights", options_of(settings, "model"));
  return options;
}

}  // namespace modhost::core
