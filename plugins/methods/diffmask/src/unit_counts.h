// How many units of each layer a mask leaves anything to.
#pragma once

#include <modhost/model.h>
#include <modhost/writer.h>

#include <string>
#include <vector>

#include "mask_result.h"

namespace modhost_diffmask {

struct UnitCount {
  std::string layer;
  std::string group;  // of its units: "out", "heads"
  int64_t units = 0;
  int64_t kept = 0;  // fed by at least one weight that the mask keeps; biases do not count
};

// Of every group of units that a parameter of the mask feeds, in the order of the layers.
std::vector<UnitCount> unit_counts(const modhost::ModelBase& model,
                                   const modhost::NamedTensors& bits);

// tables/units.csv
void write_units(modhost::RunWriter& writer, const modhost::ModelBase& model,
                 const Results& results);

}  // namespace modhost_diffmask
