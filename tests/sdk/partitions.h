// Partitions of a set, as labels of its members.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

// Whether both put the same members together, whatever they call the parts.
inline bool same_partition(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::set<std::pair<int64_t, int64_t>> pairs;
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) pairs.insert({a[i], b[i]});
  const std::set<int64_t> of_a(a.begin(), a.end()), of_b(b.begin(), b.end());
  return pairs.size() == of_a.size() && pairs.size() == of_b.size();
}
