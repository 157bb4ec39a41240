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

// What a network would lose with a unit, to first order.
enum class UnitScore {
  loss_gradient,    // |value * d loss / d value| of each sample (Molchanov et al. 2017, Taylor
                    // expansion; Patil et al. 2023), values of many places added up before |.|
  output_gradient,  // the same of the sum of the outputs
  activation,       // the value itself
};

struct UnitScoreChoice {
  UnitScore kind = UnitScore::loss_gradient;
  int64_t samples = 0;  // the first ones; 0: all
  int64_t batch_size = 256;
  torch::Device device = torch::kCPU;
  const StopSignal* stop = nullptr;
};

// Means over the samples, in evaluation mode, of E = `size` variants of the model: [E, units]
// (double, CPU) for each group, undefined for groups that a forward does not show. Values are those
// that are read (UnitValues). Needs parameters or variants that require gradients.
std::vector<Tensor> unit_scores(ModelBase& model, const UnitNetwork& network, const Source& source,
                                int64_t size, const Variations& variations,
                                const UnitScoreChoice& choice);

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
