// What `modhost plugin check` shows: lines as the results come, or JSON.
#pragma once

#include <map>
#include <ostream>
#include <string>

#include "check_process.h"
#include "modhost/conformance/subject.h"

namespace modhost::core {

class CheckReport {
 public:
  // `reproduce` is the command that runs one check alone, without its id: "modhost ... --only ".
  CheckReport(std::ostream& out, bool json, std::string reproduce);

  void begin(const conformance::PluginFacts& facts, uint64_t seed, const std::string& level);
  void add(const CheckResult& result);
  // A whole group that does not apply.
  void add_absent(const std::string& kind);
  void end(double seconds);

  int count(const std::string& result) const;

 private:
  void add_line(const CheckResult& result);

  std::ostream& out_;
  bool json_;
  std::string reproduce_, component_;
  std::map<std::string, int> counts_;
  std::vector<std::string> absent_;
};

// Every check with its sentence, and the limits.
std::string list_of_checks();
std::string list_of_checks_json();

}  // namespace modhost::core
