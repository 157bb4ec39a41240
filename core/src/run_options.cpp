#include "run_options.h"

namespace modhost::core {

bool changes_results(const std::string& run_key) {
  return is_kept(run_key) && run_key != "threads" && run_key != "checkpoint_seconds";
}

bool is_kept(const std::string& run_key) { return run_key != "dir" && run_key != "fresh"; }

}  // namespace modhost::core
