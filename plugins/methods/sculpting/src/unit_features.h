// What tells the units of a layer apart: which units of later layers they reach, or which of
// earlier ones reach them.
#pragma once

#include <modhost/clustering.h>

#include <cstdint>
#include <string>
#include <vector>

#include "wired.h"

namespace modhost_sculpting {

enum class Direction { outgoing, incoming, both };
Direction direction_named(const std::string& name);

// Rows of zeros and ones, and perhaps of values, which are 0 where a bit is.
class Features {
 public:
  Features(size_t units, size_t columns);

  size_t units() const { return units_; }
  size_t columns() const { return columns_; }
  bool bit(size_t unit, size_t column) const {
    return (bits_[unit * words_ + column / 64] >> (column % 64) & 1) != 0;
  }
  double value(size_t unit, size_t column) const;  // 1 for a bit without values
  void set(size_t unit, size_t column, double value);
  bool weighted() const { return !values_.empty(); }
  void weigh() { values_.resize(units_ * columns_, 0); }

  int64_t count(size_t unit) const { return common(unit, unit); }
  int64_t common(size_t a, size_t b) const;  // columns that both have
  void unite(size_t into, size_t from);      // bits of `from` are also those of `into`
  Features first(size_t columns) const;      // of the first columns only
  // Columns are units: adds what `other` reached `before`, and `other`, times `strength`.
  void follow(size_t unit, size_t other, double strength, const Features& before);
  // Columns first, first + 1, ... of a row of `from`, as many as `count`, are those from `at` on of
  // `unit`, which are empty. Either both have values or none.
  void copy(size_t unit, size_t at, const Features& from, size_t row, size_t first, size_t count);
  bool operator==(const Features& other) const;

  std::vector<double> points() const;  // [units, columns]
  // Of all pairs of rows, [units, units], 0 on the diagonal.
  std::vector<double> distances(modhost::PointDistance kind) const;
  // 1 - cos; a row of zeros is at 1 from others. The products are divided as the published program
  // does, because ties decide.
  std::vector<double> cosine_distances() const;

 private:
  double product(size_t a, size_t b) const;

  size_t units_, columns_, words_;
  std::vector<uint64_t> bits_;
  std::vector<double> values_;
};

// Of each layer: columns are all units of later layers (outgoing), of earlier ones (incoming), or
// both, one after the other; 1 where at most `steps` edges lead there. `weighted`: the sum over
// paths of the products of strengths beside it. Inputs have outgoing features whatever is asked.
std::vector<Features> features_of(const Wired& wired, int64_t steps, Direction direction,
                                  bool weighted);

}  // namespace modhost_sculpting
