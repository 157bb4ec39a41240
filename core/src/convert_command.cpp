#include "convert_command.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exit_code.h"
#include "given_weights.h"
#include "json_line.h"
#include "modhost/state_file.h"

namespace modhost::core {

int convert_command(const CommandLine& line, std::ostream& out) {
  const auto options = given_weights(line);
  const std::string mask = options->mask();
  options->mask.set("");
  NamedTensors tensors = read_weights(*options).tensors;
  if (!mask.empty()) tensors = as_pruned(tensors, read_weights(mask).tensors);
  save_tensors(line.target, tensors);
  if (line.json) {
    out << json_line({{"event", "converted"}, {"file", line.target}, {"tensors", tensors.size()}});
  } else if (!line.quiet) {
    out << fmt::format("{} {} written to {}\n", tensors.size(),
                       tensors.size() == 1 ? "tensor" : "tensors", line.target);
  }
  return kExitDone;
}

}  // namespace modhost::core
