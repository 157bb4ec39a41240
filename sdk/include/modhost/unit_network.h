// The units of a network and the weights between them, from the wiring of any model.
//
//   const UnitNetwork network = unit_network(model, UnitChoice{});
//   const UnitGraph graph = unit_graph(network, GraphChoice{});  // edges |w|, as Filan et al. 2021
//
// What a unit is: of an embedding, a linear layer or an input, one feature; of a convolution, one
// channel, whatever its positions; of a recurrent layer, one hidden unit, its gates together; of an
// attention, one feature of the heads, and one of what it puts out.
// - Scales (batch, layer and group normalisation), activations, pooling and dropout have no units
// of
//   their own: the units before them pass through.
// - Layers whose outputs are added up (residual streams) share one group of units, fed by all of
//   them. Wiring does not say what is added: layers that feed the same inputs of a third one, unit
//   u where unit u arrives, are taken to be added there; what an attention reads (queries, memory)
//   is not, nor is the input of the network. UnitChoice::sums = false keeps them apart.
// - Concatenated layers stay groups of their own. A flattened channel reaches a linear layer with
//   all its positions, which count as taps of one edge; so do the places where a shared layer reads
//   the same unit.
// Filan, Casper, Hod, Wild, Critch, Russell 2021, "Clusterability in neural networks"; Hod et al.
// 2021, "Quantifying local specialization in deep neural networks".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "modhost/model.h"
#include "modhost/unit_graph.h"

namespace modhost {
inline namespace v1 {

// A layer, and a group of its units ("out", "heads"), that puts out the units of a group of the
// network. The input of the network: {"", "out"}.
struct UnitWriter {
  std::string layer;
  std::string group = "out";
};

// Which entries of a parameter are the taps of which edge; as the Wiring that it comes from.
struct TapMap {
  int out_dim = 0, in_dim = 1;
  int64_t groups = 1;                   // of a grouped convolution
  int64_t out_units = 0, in_units = 0;  // of the layer that owns the parameter
  Tensor inputs;  // [units from, places] int64: inputs of that layer at which the unit arrives; -1:
                  // at fewer places than others
};

// A batch normalisation between units, or after them: factors gamma / sqrt(variance + eps). The
// shift is no part of a graph.
struct UnitScale {
  std::string layer;
  std::string parameter;   // of gamma
  Tensor gamma, variance;  // [channels], on the CPU, of the parameter's type
  double eps = 0;
  // The normalisation reads what this kernel's units put out, nothing in between: factors of the
  // units fed. Otherwise (it comes after an activation, a pooling or a sum) of the units read.
  bool direct = false;
  Tensor channels;  // int64, which factor: [units to] when direct, else as TapMap::inputs
};

// All weights of one parameter from one group to another, or within one.
struct UnitKernel {
  int64_t from = 0, to = 0;  // positions in UnitNetwork::groups
  std::string layer;
  std::string parameter;
  // [units to, units from, taps], on the CPU, of the parameter's type. The taps are
  // matrices * rows * columns: the two dimensions of a convolution's kernel (a 1-D one has one
  // column, a linear layer 1 x 1), once for each gate and each place at which a unit arrives.
  Tensor weights;
  int64_t rows = 1, columns = 1;
  TapMap map;
  std::vector<UnitScale> scales;
};

struct UnitNetwork {
  std::vector<UnitGroup> groups;  // in the order of the network's layers, the input first
  std::vector<std::vector<UnitWriter>> writers;  // of each group
  // Of each group, the layers that normalise over several of its units at once (layer and group
  // normalisation): what one unit gives there depends on others.
  std::vector<std::vector<std::string>> norms;
  std::vector<UnitKernel> kernels;
};

enum class UnitKinds {
  automatic,     // convolutions, of a network in which one convolution reads another; otherwise all
  all,           // every group, with inputs and outputs
  convolutions,  // channels that convolutions put out: no image, no dense part (Filan et al.)
  named,         // by UnitChoice::layers
};

struct UnitChoice {
  UnitKinds kinds = UnitKinds::automatic;
  std::vector<std::string> layers;  // named: globs of layer names; the input is called "input"
  // The network's input and its last units. Unset: as `kinds` says.
  std::optional<bool> inputs, outputs;
  bool sums = true;  // one group for layers that are added up; false: one for each layer
};

// Groups without any weight to another chosen group are left out. Error(config) when none is left,
// or when a name in `layers` fits no layer with units.
UnitNetwork unit_network(const ModelBase& model, const UnitChoice& choice);

// Whether a layer's weights have taps besides units: convolutions. Their units are dimension 1 of
// what they put out, those of other layers the last one.
bool has_taps(const Layer& layer);

// The same network with the present values of the model's parameters, differentiable in them:
// weights and gamma are expressions of Parameter::tensor(). On the device of the model.
UnitNetwork live_network(const UnitNetwork& network, const ModelBase& model);

// Parameter [*shape] -> taps [units to, units from, taps]; differentiable.
Tensor taps_of(const UnitKernel& kernel, const Tensor& parameter);

// For each entry of a kernel's parameter the unit that it feeds and those that it reads, int64, of
// the parameter's shape; -1: an entry that is no tap of this kernel. Entries read one unit, and so
// `from` has one tensor, but where a shared layer reads several units at the same input: then it
// has as many as the most that share one, -1 for entries of fewer.
struct EntryUnits {
  Tensor to;
  std::vector<Tensor> from;
};
EntryUnits entry_units(const UnitKernel& kernel, at::IntArrayRef shape);
// Of each kernel whether some of its weights read several units, of its group or of another one:
// nobody can scale or remove one of these alone. `entries` as of entry_units(), of each kernel.
std::vector<bool> shared_kernels(const UnitNetwork& network,
                                 const std::vector<EntryUnits>& entries);

// How the taps of an edge become its weight; matrices of taps are |K|, rows x columns.
enum class KernelNorm {
  l1,        // the sum of all taps (the PyTorch code of Filan et al.)
  l2,        // the root of the sum of squares
  induced1,  // the largest column sum of a matrix (numpy.linalg.norm(|K|, 1): their TensorFlow
             // code), added up over matrices
  spectral,  // the largest singular value of a matrix (numpy.linalg.norm(|K|, 2)); the root of the
             // sum of squares over matrices
};

struct GraphChoice {
  KernelNorm norm = KernelNorm::l1;
  // The factors of batch normalisations, before |.|: no edge is ever negative. On which side of the
  // units they are put (UnitScale::direct) is the same to a network of ReLUs, but not to its graph.
  bool fold_batch_norm = true;
  // Unit by unit, from the input on: weights into a unit that has some and is read divided by their
  // L2 norm, weights out of it multiplied by that; a norm of 0 changes nothing. Leaves what a
  // network of ReLUs without shifts computes as it is. Error(config) where units reach themselves
  // (recurrence, residual streams) or are added up in groups of their own.
  bool normalize_weights = false;
  bool divide_by_mean = false;  // each block by its mean, as an option of their TensorFlow code
};

// [units to, units from] for each kernel, differentiable in weights and gamma.
std::vector<Tensor> unit_edges(const UnitNetwork& network, const GraphChoice& choice);

// One block for each kernel. Error(data) for weights that are not finite.
UnitGraph unit_graph(const UnitNetwork& network, const GraphChoice& choice);

// A group and those that it shares edges with: the three layers of the local clustering of Hod et
// al. 2021.
struct LocalGraph {
  UnitGraph graph;              // only the blocks of the middle group
  std::vector<int64_t> groups;  // positions in the whole graph, in its order
  std::vector<int64_t> labels;  // those of them whose clusters are read here: the middle one, and
                                // an end of the network that has no graph of its own
};
std::vector<LocalGraph> local_graphs(const UnitGraph& graph);

}  // namespace v1
}  // namespace modhost
