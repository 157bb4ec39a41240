// A layer alone: inputs that it takes, and what its wiring promises.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "modhost/conformance/check.h"
#include "modhost/model.h"

namespace modhost::conformance {

// An input that a layer takes and where the units lie in it.
struct Probe {
  Tensor input;      // [rows, ...], float64 or int64
  bool units_last;   // else in dimension 1
  bool has_steps;    // [rows, steps, units]
  std::string text;  // "[4, 9, 6]"
  bool is_integer() const { return !input.is_floating_point(); }
};

// A form of input: the sizes of a sample, and what they mean.
struct Form {
  std::vector<int64_t> sizes;
  bool units_last = true, has_steps = false, is_integer = false;

  Probe probe(int64_t units, uint64_t seed) const;
};

// The usual forms for `units` units: vectors, sequences of them, images, numbers of the rows of a
// table. `shape` (without the batch) instead of them when it is not empty.
std::vector<Form> forms(int64_t units, const std::vector<int64_t>& shape);

// Options that are left to be taken from the input's shape are filled from it.
void fill_from_input(Options& options, const std::vector<int64_t>& shape);

// The first that `layer`, which holds float64, takes.
std::optional<Probe> working_probe(Layer& layer, const std::vector<int64_t>& shape, uint64_t seed);

// A network of this layer only.
class LayerNetwork : public ModelBase {
 public:
  explicit LayerNetwork(std::shared_ptr<Layer> layer);
  Tensor forward(const Batch& batch) override { return layer().forward(batch.input); }
  Layer& layer() { return *layers().front().layer; }
};

// "" when the wiring is true: dimensions exist; a unit without its incoming entries is silent and
// no other unit feels it; an input without its outgoing entries reaches no unit.
std::string wiring_fault(Layer& layer, const Probe& probe, double limit, uint64_t seed);

}  // namespace modhost::conformance
