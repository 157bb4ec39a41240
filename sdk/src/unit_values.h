// The values of units while a model runs.
#pragma once

#include <string>
#include <vector>

#include "modhost/unit_activations.h"
#include "unit_sources.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// Where the values of one group of units are seen.
struct UnitView {
  const Layer* layer = nullptr;  // nullptr: in no layer
  bool input = false;            // of the network
  std::string group;             // "in", "out", or an inner group
  bool channels = false;         // units are dimension 1, [n, units, ...]; otherwise the last
  // What the layer reads: the inputs of each unit. Empty: unit u is entry u.
  std::vector<std::vector<int64_t>> inputs{};
  int64_t units = 0;
};

// One for each group.
std::vector<UnitView> unit_views(const ModelBase& model, const UnitNetwork& network,
                                 UnitValues values);

// For each group every layer that reads its units; of units that nobody reads where they are put
// out.
std::vector<std::vector<UnitView>> unit_readers(const ModelBase& model, const UnitNetwork& network);

// What a layer read or put out, by units: [samples, units, matrices, rows, columns], of the value's
// type. Undefined for a value that is not of so many samples or units. The value holds equally many
// rows for each sample, one after the other; steps past the end of a sequence of `batch` are 0. Of
// tokens: how often each is in a sample, in double.
Tensor by_units(const UnitView& view, const Tensor& value, const Batch& batch, int64_t samples);

// Reduces what it sees at once: models may overwrite it.
class UnitRecorder : public LayerObserver {
 public:
  UnitRecorder(const std::vector<UnitView>& views, const Batch& batch, KernelNorm norm);
  void saw(const Layer& layer, const std::string& group, const Tensor& value) override;
  // For the network's input where no layer reads it alone.
  void take_input(const Signature& signature);
  // [samples, units] double on the CPU for each view; undefined for what was not seen.
  std::vector<Tensor> values() const;

 private:
  void add(size_t at, const UnitView& view, const Tensor& value);

  const std::vector<UnitView>& views_;
  const Batch& batch_;
  KernelNorm norm_;
  std::vector<std::vector<Tensor>> parts_;  // [samples, units] of each view, one for each call
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
