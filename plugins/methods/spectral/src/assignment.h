// Rows and columns that belong together (the assignment problem; Kuhn 1955).
#pragma once

#include <cstdint>
#include <vector>

namespace modhost_spectral {

// The column of each row, all different, so that the sum of gains [rows, columns] is as great as it
// can be; -1 for the rows that are left over when there are more rows than columns. Finite gains.
// The time grows with rows^2 times the greater of both numbers.
std::vector<int64_t> best_assignment(const std::vector<double>& gains, int64_t rows,
                                     int64_t columns);

}  // namespace modhost_spectral
