// Is a word in a list?
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace modhost::core {

inline bool contains(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace modhost::core
