// How strongly each input leads to each output: the sum over all paths between them of the products
// of |w| along the way (Patil et al. 2023, structural analysis), which for layers one after the
// other is the product of the matrices |W|.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "true_reads.h"
#include "welch.h"
#include "wired.h"

namespace modhost_sculpting {

struct Products {
  size_t inputs = 0, outputs = 0;
  std::vector<double> values;  // [inputs, outputs]

  double at(size_t input, size_t output) const { return values[input * outputs + output]; }
};

// From the first layer to the last, over edges of all layers between them.
Products edge_products(const Wired& wired);

// How many units of a hidden layer it takes to carry `share` of what passes through the layer from
// all inputs to each output, the strongest first. Of layers one after the other that is a column's
// sum; paths that pass a layer by do not count in it. 0 where nothing passes.
struct Carriers {
  std::string layer;
  int64_t live = 0;            // units that anything passes through
  std::vector<int64_t> units;  // [outputs]
};
std::vector<Carriers> carriers(const Wired& wired, double share);

// Products of inputs and outputs whose function reads them against the others.
struct ProductTest {
  std::vector<double> read, other;
  std::optional<WelchTest> test;  // of read > other; unset where it cannot be told
};
ProductTest test_products(const Products& products, const Reads& reads);

}  // namespace modhost_sculpting
