#include "make_progress.h"

#include "json_progress.h"
#include "terminal_progress.h"

namespace modhost::core {

std::unique_ptr<modhost::Progress> make_progress(const CommandLine& line, double sentence_seconds) {
  if (line.quiet) return std::make_unique<modhost::Progress>();
  if (line.json) return std::make_unique<JsonProgress>();
  return std::make_unique<TerminalProgress>(sentence_seconds);
}

}  // namespace modhost::core
