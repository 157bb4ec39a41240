// The methods prune_units, prune_edges and prune: one network, pruned in one way or several.
#pragma once

#include <modhost/experiment.h>
#include <modhost/method.h>

#include <type_traits>
#include <vector>

#include "prune_options.h"
#include "pruner.h"

namespace modhost_sculpting {

struct PruneWork {
  PruneRule rule;
  modhost::TrainPlan plan;             // of each training on
  std::vector<double> unit_gradients;  // empty: no such stage
  std::vector<double> edge_gradients;
};

// The stages and what they leave behind.
void prune(modhost::Experiment& experiment, const PruneWork& work);

// Nothing pruned yet, of these state dicts: a candidate for each, of the network with that number.
Pruned unpruned(const Pruner& pruner, const std::vector<modhost::NamedTensors>& states,
                const std::vector<int64_t>& numbers);
// The same of all networks that were trained together, or of the one.
Pruned unpruned_networks(modhost::Experiment& experiment, const Pruner& pruner);
// Each of the candidates with each of the gradients, in that order.
std::vector<Candidate> with_gradients(const std::vector<Candidate>& before,
                                      const std::vector<double>& gradients);
Pruned prune_units(Pruner& pruner, const Pruned& start, const std::vector<double>& gradients);
// After prune_units (`continued`) each network is trained on once before.
Pruned prune_edges(Pruner& pruner, const Pruned& start, const std::vector<double>& gradients,
                   bool continued);

using PruneUnitsOptions = WithUnits<WithRetraining<modhost::Options>, false>;
using PruneEdgesOptions = WithEdges<WithRetraining<modhost::Options>>;
using PruneOptions = WithEdges<WithUnits<WithRetraining<modhost::Options>, false>>;

template <typename O>
class PruneMethod : public modhost::Method<O> {
 public:
  using modhost::Method<O>::Method;

  void run(modhost::Experiment& experiment) override {
    const O& own = this->options();
    PruneWork work;
    work.plan = own.retraining(experiment.plan());
    own.retraining_rule(work.rule);
    if constexpr (!std::is_same_v<O, PruneEdgesOptions>) {
      own.unit_rule(work.rule);
      work.unit_gradients = own.unit_gradients();
    }
    if constexpr (!std::is_same_v<O, PruneUnitsOptions>) {
      own.edge_rule(work.rule);
      work.edge_gradients = own.edge_gradients();
    }
    prune(experiment, work);
  }
};

}  // namespace modhost_sculpting
