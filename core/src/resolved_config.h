// The config that a run really has: every option of every section with its value.
#pragma once

#include <string>
#include <vector>

#include "modhost/option.h"

namespace modhost::core {

struct ResolvedSection {
  std::string section;     // "model"
  std::string component;   // "scl"; "" for [train] and [run]
  const Options* options;  // after assign()
};
using ResolvedConfig = std::vector<ResolvedSection>;

// config.toml of a run: TOML that gives the same config when it is read again. The order is that of
// the sections and of the declarations, so equal configs give equal texts.
std::string resolved_text(const ResolvedConfig& config);

// 16 hexadecimal digits from everything that can change a result. See changes_results() for the
// keys of [run] that cannot.
std::string config_hash(const ResolvedConfig& config);

}  // namespace modhost::core
