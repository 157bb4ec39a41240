// What the units of one layer do while a model computes, differentiable.
#pragma once

#include <modhost/model.h>
#include <modhost/unit_network.h>

#include <cstdint>
#include <vector>

namespace modhost_featurevis {

enum class Moment {
  before,  // the nonlinearity: what the layer puts out, after a batch normalisation of its own
  after,   // what the next layer reads, or a normalisation in between
};

// Where the units of a group are seen.
struct UnitPlace {
  const modhost::Layer* layer = nullptr;
  bool reads = false;         // what the layer reads, not what it puts out
  bool channels = false;      // units are dimension 1, [n, units, ...]; otherwise the last
  modhost::Tensor entries{};  // [units, places] int64, -1: at fewer places; undefined: unit u is u
  int64_t units = 0;
};

// `group` of `network`, which has all groups of the model, is hidden. Units of a sum of layers are
// seen after it only. Error(internal) for a group that nothing reads.
UnitPlace place_of(const modhost::ModelBase& model, const modhost::UnitNetwork& network,
                   int64_t group, Moment moment);

// While it lives, takes the mean over positions of the units at each place.
class UnitSight : public modhost::LayerObserver {
 public:
  UnitSight(std::vector<UnitPlace> places, int64_t rows);
  void saw(const modhost::Layer& layer, const std::string& group,
           const modhost::Tensor& value) override;
  // [rows, units] for a place, the mean over calls where the layer was called more than once.
  // Error(internal) for what was not seen.
  modhost::Tensor values(size_t place) const;

 private:
  std::vector<UnitPlace> places_;
  int64_t rows_;
  std::vector<std::vector<modhost::Tensor>> seen_;  // [rows, units], of each place
};

}  // namespace modhost_featurevis
