#include "assignment.h"

#include <algorithm>
#include <limits>

namespace modhost_spectral {

namespace {

constexpr size_t kNone = 0;  // rows and columns count from 1 here

// Shortest augmenting paths with potentials: rows are matched one after the other, each by the
// cheapest way to exchange the columns of those before it (Jonker, Volgenant 1987).
class Matching {
 public:
  Matching(const std::vector<double>& gains, size_t rows, size_t columns)
      : gains_(gains),
        columns_(columns),
        width_(std::max(rows, columns)),  // surplus rows get columns without gain
        of_rows_(rows + 1, 0),
        of_columns_(width_ + 1, 0),
        row_of_(width_ + 1, kNone) {
    for (size_t row = 1; row <= rows; ++row) place(row);
  }

  // The row of each column from 1 on; kNone for free ones.
  const std::vector<size_t>& rows() const { return row_of_; }

 private:
  double cost(size_t row, size_t column) const {
    return column > columns_ ? 0 : -gains_[(row - 1) * columns_ + column - 1];
  }

  void place(size_t row) {
    std::vector<double> least(width_ + 1, std::numeric_limits<double>::infinity());
    std::vector<size_t> before(width_ + 1, kNone);
    std::vector<bool> seen(width_ + 1, false);
    row_of_[kNone] = row;
    size_t column = kNone;
    while (row_of_[column] != kNone) column = step(column, least, before, seen);
    for (; column != kNone; column = before[column]) row_of_[column] = row_of_[before[column]];
  }

  // Lowers the potentials until one more column is reached from those seen, and goes there.
  size_t step(size_t column, std::vector<double>& least, std::vector<size_t>& before,
              std::vector<bool>& seen) {
    seen[column] = true;
    const size_t row = row_of_[column];
    size_t next = kNone;
    double delta = std::numeric_limits<double>::infinity();
    for (size_t j = 1; j <= width_; ++j) {
      if (seen[j]) continue;
      const double reduced = cost(row, j) - of_rows_[row] - of_columns_[j];
      if (reduced < least[j]) {
        least[j] = reduced;
        before[j] = column;
      }
      if (least[j] < delta) {
        delta = least[j];
        next = j;
      }
    }
    for (size_t j = 0; j <= width_; ++j) {
      if (seen[j]) {
        of_rows_[row_of_[j]] += delta;
        of_columns_[j] -= delta;
      } else {
        least[j] -= delta;
      }
    }
    return next;
  }

  const std::vector<double>& gains_;
  size_t columns_, width_;
  std::vector<double> of_rows_, of_columns_;  // potentials
  std::vector<size_t> row_of_;
};

}  // namespace

std::vector<int64_t> best_assignment(const std::vector<double>& gains, int64_t rows,
                                     int64_t columns) {
  const Matching matching(gains, static_cast<size_t>(rows), static_cast<size_t>(columns));
  std::vector<int64_t> out(static_cast<size_t>(rows), -1);
  for (int64_t column = 0; column < columns; ++column) {
    const size_t row = matching.rows()[static_cast<size_t>(column) + 1];
    if (row != kNone) out[row - 1] = column;
  }
  return out;
}

}  // namespace modhost_spectral
