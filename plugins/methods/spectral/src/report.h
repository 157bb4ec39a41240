// What a clustering leaves behind: numbers, tables, labels, and a few sentences.
#pragma once

#include <modhost/unit_graph.h>
#include <modhost/writer.h>

#include <vector>

#include "clusterer.h"
#include "significance_test.h"

namespace modhost_spectral {

void write_clusters(modhost::RunWriter& writer, const modhost::UnitGraph& graph,
                    const Clusterer& clusterer);
void write_tests(modhost::RunWriter& writer, const Clusterer& clusterer,
                 const std::vector<NullTest>& tests);
void show_results(modhost::RunWriter& writer, const modhost::UnitGraph& graph,
                  const Clusterer& clusterer, const std::vector<NullTest>& tests);

// Mean ratio of the weight within a cluster to that between it and others (Filan et al. 2021).
double inside_to_outside(double ncut, int64_t clusters);

}  // namespace modhost_spectral
