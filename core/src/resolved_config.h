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

// Whether [section] key can change a result. It cannot where it says how fast a run goes, where
// things lie or how they come there.
bool counts(const std::string& section, const std::string& key);

// 16 hexadecimal digits from everything that counts.
std::string config_hash(const ResolvedConfig& config);

}  // namespace modhost::core
