// Are a layer's units all of one kind, or each of its own? (Patil et al. 2023, the test by expected
// overlap, which decides where a number of clusters cannot be told from the distances.)
#pragma once

#include <modhost/clustering.h>

#include <cstdint>
#include <optional>

#include "unit_features.h"

namespace modhost_sculpting {

// Two rows of zeros and ones with `a` and `b` ones, `both` at the same places, of `columns` places:
// expected common ones and their deviation when the ones lie anywhere.
struct Overlap {
  int64_t a = 0, b = 0, both = 0, columns = 0;

  double expected() const;
  double deviation() const;
  bool separate() const;  // as few in common as by chance, or none
  bool single() const;    // as many as by chance, or all
};

// How units of a layer are put together.
struct LinkageRule {
  modhost::PointDistance distance = modhost::PointDistance::cosine;
  modhost::LinkageKind kind = modhost::LinkageKind::average;

  modhost::Linkage of(const Features& features) const;
};

// 1: a single cluster; the number of units: each its own; unset: neither. `nearby`: how many
// columns count for the first question, which looks at the closest pair; the second one looks at
// the two halves of all units. At least two units. `whole`: the linkage of all columns.
std::optional<int64_t> separability(const Features& features, size_t nearby,
                                    const LinkageRule& rule, const modhost::Linkage& whole);

}  // namespace modhost_sculpting
