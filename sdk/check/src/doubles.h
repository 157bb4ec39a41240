// A small dataset and a small network that stand in for real ones when a method is checked.
#pragma once

#include <memory>

#include "modhost/dataset.h"
#include "modhost/model.h"

namespace modhost::conformance {

// features [6] -> classes [3]: which third of a random projection a sample falls into. Two tasks,
// "low" and "high". Pure in the index; splits are disjoint.
std::unique_ptr<DatasetBase> stand_in_dataset();

// Linear, ReLU, Linear, ReLU, Linear for that dataset.
std::unique_ptr<ModelBase> stand_in_network(const Signature& signature);

}  // namespace modhost::conformance
