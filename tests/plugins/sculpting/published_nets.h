// The pruned networks that the authors of "Neural Sculpting" published (tests/data/sculpting).
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wired.h"

namespace modhost_sculpting::test {

inline nlohmann::json published_nets() {
  std::ifstream file(std::string(MODHOST_TEST_DATA) + "/sculpting/cases.json");
  return nlohmann::json::parse(file);
}

// Every edge that is left has strength 1.
inline Wired wired_of(const nlohmann::json& net) {
  const std::vector<int64_t> widths = net["arch"];
  Wired out;
  for (size_t l = 0; l < widths.size(); ++l) out.layers.push_back({std::to_string(l), widths[l]});
  for (size_t l = 0; l + 1 < widths.size(); ++l) {
    Edges edges{l, l + 1, std::vector<double>(static_cast<size_t>(widths[l] * widths[l + 1]), 0)};
    for (const auto& [to, row] : net["masks"][l].items()) {
      for (const int64_t from : row.get<std::vector<int64_t>>()) {
        edges.strength[static_cast<size_t>(std::stoll(to) * widths[l] + from)] = 1;
      }
    }
    out.edges.push_back(std::move(edges));
  }
  return out;
}

}  // namespace modhost_sculpting::test
