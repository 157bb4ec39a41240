// How far two clusterings of a network's units agree, and whether chance would have it.
#pragma once

#include <modhost/significance.h>
#include <modhost/unit_graph.h>
#include <modhost/writer.h>

#include <string>
#include <vector>

namespace modhost_spectral {

// The labels of the units of `groups`, which are some of those of `whole`; kNoCluster for others.
modhost::UnitLabels labels_of(const std::vector<modhost::UnitGroup>& groups,
                              const modhost::UnitGraph& whole, const modhost::UnitLabels& labels);

// The normalised mutual information (geometric mean of the entropies, as published) beside that of
// 100 permutations of the labels.
modhost::NullComparison chance_agreement(const modhost::UnitLabels& a, const modhost::UnitLabels& b,
                                         uint64_t seed);

// Scalars NAME, by the arithmetic mean NAME_arithmetic, and NAME_p, small where permutations agree
// less.
void write_agreement(modhost::RunWriter& writer, const std::string& name,
                     const modhost::UnitLabels& a, const modhost::UnitLabels& b, uint64_t seed);

}  // namespace modhost_spectral
