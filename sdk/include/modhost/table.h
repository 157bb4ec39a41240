// A table of results: rows of numbers and names under fixed columns.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace modhost {
inline namespace v1 {

// An empty cell is std::monostate: written as an empty CSV field, shown as "-".
using Cell = std::variant<std::monostate, int64_t, double, std::string>;

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;

  // Error(internal) when the number of cells differs from the number of columns.
  void add(std::vector<Cell> row);

  // RFC 4180; numbers with the shortest digits that read back as the same double.
  std::string csv() const;
};

}  // namespace v1
}  // namespace modhost
