// Names met one after the other and their numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "annotations.h"

namespace modhost_own_data {

class NameList {
 public:
  // The number of a name: 0 for the first that is met, 1 for the next new one, ...
  int32_t code(const std::string& name);
  const std::vector<std::string>& names() const { return names_; }

  // Changes `codes` to places in the sorted list of names, which is returned: in the order of
  // numbers when all are whole numbers, else of texts.
  std::vector<std::string> sort(std::vector<int32_t>& codes) const;

 private:
  std::vector<std::string> names_;
  std::unordered_map<std::string, int32_t> codes_;
};

// "0" and "train", "1", "validation", "val" and "valid", "2" and "test"; otherwise nothing.
std::optional<Part> part_named(const std::string& text);

}  // namespace modhost_own_data
