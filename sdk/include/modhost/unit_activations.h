// What the units of a network do on data, and the graph of their correlations.
#pragma once

#include "modhost/dataset.h"
#include "modhost/progress.h"
#include "modhost/unit_network.h"

namespace modhost {
inline namespace v1 {

enum class UnitValues {
  read,     // what the layers that read the units see: after normalisation, activation, pooling and
            // sums. Of units that nobody reads: what is put out
  written,  // what the layers put out (of sums: the last layer that adds something)
};

struct ActivationChoice {
  UnitValues values = UnitValues::read;
  // How the positions of a channel or the steps of a sequence become one value: KernelNorm over the
  // map [height, width]; steps are one column. A single position keeps its sign.
  KernelNorm norm = KernelNorm::spectral;
  int64_t samples = 5000;  // the first ones; 0: all
  int64_t batch_size = 100;
  torch::Device device = torch::kCPU;
  const StopSignal* stop = nullptr;
};

// One tensor [samples, units] (double, CPU) for each group, in evaluation mode. Undefined for
// groups that a forward does not show: layers that a model computes in a way of its own.
std::vector<Tensor> unit_activations(ModelBase& model, const UnitNetwork& network,
                                     const Source& source, const ActivationChoice& choice);

enum class Correlation { pearson, spearman, kendall };

// All pairs of columns of values [samples, units]; 0 for pairs with a constant column, 1 on the
// diagonal of others. Spearman: Pearson of average ranks; Kendall: tau-b, O(n log n) for each pair.
// Returns [units, units], double, symmetric. Error(data) for values that are not finite.
Tensor correlations(const Tensor& values, Correlation kind);

// A complete graph whose edges are squared correlations; constant units have none. `values`: one
// for each group, undefined ones give units without edges.
UnitGraph correlation_graph(const std::vector<UnitGroup>& groups, const std::vector<Tensor>& values,
                            Correlation kind);

}  // namespace v1
}  // namespace modhost
