// The numbers that decide between pass and fail, all in one table.
#pragma once

#include <string>
#include <vector>

namespace modhost::conformance {

struct Context;

struct Limit {
  const char* name;  // the check's id, with a suffix where a check has more than one
  double value;
  const char* meaning;
};

const std::vector<Limit>& limits();

// The value in force: that of the plugin's modhost-check.toml, or the table's.
double limit(const Context& context, const std::string& name);

}  // namespace modhost::conformance
