// Which differences between two builds matter, and how they are said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "build_info.h"

namespace modhost::core {

enum class Severity {
  exact,  // the plugin cannot be loaded
  warn,   // it may work
  info,   // worth knowing
};

struct BuildDifference {
  std::string field;   // "cxx11abi"
  std::string words;   // "std::string"
  std::string plugin;  // "old (cxx11abi=0)"
  std::string host;    // "new (cxx11abi=1)"
  Severity severity = Severity::exact;
};

// All differences that the policy knows, in its order. `isa` is not compared here: what counts is
// the processor, see missing_instructions().
std::vector<BuildDifference> compare_builds(const BuildInfo& plugin, const BuildInfo& host);

bool is_compatible(const std::vector<BuildDifference>& differences);

// The differences of one severity, a line each, in columns:
// "  LibTorch      plugin 2.6.0+cpu   this host 1.13.0+cpu\n".
std::string difference_lines(const std::vector<BuildDifference>& differences, Severity severity);

// "LibTorch, std::string": the fields that make the plugin incompatible.
std::string incompatible_fields(const std::vector<BuildDifference>& differences);

// What the fields are called in words; the key itself for an unknown one.
std::string field_words(std::string_view key);

// The instruction sets of a fingerprint's `isa` field that are not in `available`.
std::vector<std::string> missing_instructions(const BuildInfo& plugin,
                                              const std::vector<std::string>& available);
// The instruction sets of this processor, as the fingerprint names them.
std::vector<std::string> processor_instructions();

}  // namespace modhost::core
