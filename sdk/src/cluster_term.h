// The penalty on the eigenvalues of a network's graph of units, at the steps of its training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modhost/model.h"
#include "modhost/unit_network.h"
#include "modhost/unit_training.h"

namespace modhost {
inline namespace v1 {
namespace detail {

class ClusterTerm {
 public:
  // Error(config) for a model without connected units, and with ClusterPenalty::normalize for one
  // in which it would change the function.
  ClusterTerm(const ModelBase& model, const ClusterPenalty& plan);

  // `values`: parameters and running variances by their full names.

  // Before a step: scales the weights where the plan asks for it.
  void normalize(int64_t step, const NamedTensors& values) const;
  // A scalar; undefined at steps without penalty.
  Tensor at(int64_t step, const NamedTensors& values) const;

  // The same of several networks, values [networks, *shape]; the penalty is [networks].
  void normalize_stacked(int64_t step, const NamedTensors& values) const;
  Tensor at_stacked(int64_t step, const NamedTensors& values) const;

 private:
  // Of a group of units that others feed and others read.
  struct Hidden {
    std::vector<size_t> into, out_of;  // kernels
    std::vector<std::string> biases;   // [units], or once for each gate
  };
  void find_hidden(const ModelBase& model);
  std::vector<std::string> biases_of(const ModelBase& model, size_t group) const;
  bool acts(int64_t step) const { return plan_.weight != 0 && step % plan_.every == 0; }
  void normalize(const Hidden& own, const NamedTensors& values) const;
  double weight() const { return plan_.weight * static_cast<double>(plan_.every); }
  UnitGraph graph_of(const NamedTensors& values) const;

  ClusterPenalty plan_;
  UnitNetwork network_;
  std::vector<EntryUnits> entries_;  // of each kernel, with `normalize`
  std::vector<Hidden> hidden_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
