// The function graphs of Patil et al. 2023 (arXiv:2305.18402), written in the language of
// expression.h.
#pragma once

#include <modhost/dataset.h>

#include <cstdint>
#include <string>
#include <vector>

#include "expression.h"

namespace modhost_boolean {

// By the study's list of numbers: inputs, sub-functions of each level, outputs. Error(config) with
// the graphs there are.
//   4,2,4      two pairs of inputs, each with its parity and the negation of it
//   4,1,4      four times one function of all inputs
//   6,3,3,3    conjunctions of three pairs, and the disjunction of each two of these
//   4,1,2,N    two functions of the same four inputs, each at half of the N outputs
//   8,2,N      two functions of four inputs each; 7,3,2,N, 6,3,2,N, 5,3,2,N and 4,1,2,2,N the same
//              with 1, 2, 3 and 4 inputs in common
//   8,2,1,2,N  two functions of four inputs each, and where only the one or only the other is true
// N is 2, 4, 8, 12 or 16.
std::string graph_text(const std::vector<int64_t>& graph);

// TrueModules::kind of such a graph.
std::string graph_kind(const std::vector<int64_t>& graph);

// Inputs by who reads them, outputs by what they compute, negated or not.
modhost::TrueModules true_modules(const Functions& functions, int64_t inputs);

}  // namespace modhost_boolean
