#include "true_reads.h"

#include <map>
#include <set>
#include <string>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Readers = std::map<std::string, const TrueModules::Function*>;

std::vector<std::string> output_names(const TrueModules& truth, const Readers& functions) {
  std::vector<std::string> out;
  for (size_t i = 0; i < truth.outputs.size(); ++i) {
    const std::string name = "y" + std::to_string(i);
    if (functions.count(name) == 0) break;
    out.push_back(name);
  }
  if (out.size() == truth.outputs.size()) return out;
  std::set<std::string> read;
  for (const auto& function : truth.functions) {
    read.insert(function.reads.begin(), function.reads.end());
  }
  out.clear();
  for (const auto& function : truth.functions) {
    if (read.count(function.name) == 0) out.push_back(function.name);
  }
  return out;
}

// All names that a function reads, itself or through others.
std::set<std::string> all_read(const std::string& name, const Readers& functions) {
  std::set<std::string> seen;
  std::vector<std::string> open = {name};
  while (!open.empty()) {
    const auto found = functions.find(open.back());
    open.pop_back();
    if (found == functions.end()) continue;
    for (const std::string& other : found->second->reads) {
      if (seen.insert(other).second) open.push_back(other);
    }
  }
  return seen;
}

}  // namespace

std::optional<Reads> true_reads(const TrueModules& truth) {
  Readers functions;
  for (const auto& function : truth.functions) functions[function.name] = &function;
  const std::vector<std::string> outputs = output_names(truth, functions);
  if (outputs.empty() || outputs.size() != truth.outputs.size() ||
      truth.input_names.size() != truth.inputs.size()) {
    return std::nullopt;
  }
  Reads out(truth.inputs.size(), std::vector<char>(outputs.size(), 0));
  for (size_t output = 0; output < outputs.size(); ++output) {
    const std::set<std::string> read = all_read(outputs[output], functions);
    for (size_t input = 0; input < out.size(); ++input) {
      out[input][output] = read.count(truth.input_names[input]) > 0 ? 1 : 0;
    }
  }
  return out;
}

}  // namespace modhost_sculpting
