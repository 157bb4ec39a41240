// The whole study of one function: networks are pruned in many ways, units first, then edges; of
// each the sparsest that still answers right are asked for their modules (Patil et al. 2023).
#pragma once

#include <modhost/experiment.h>
#include <modhost/method.h>

#include "modules_options.h"
#include "prune_methods.h"
#include "selection.h"
#include "success.h"

namespace modhost_sculpting {

struct SculptOptions : WithEdges<WithUnits<WithRetraining<ModulesOptions>, true>> {
  void validate() const override;
};

class Sculpt : public modhost::Method<SculptOptions> {
 public:
  using Method::Method;
  void run(modhost::Experiment& experiment) override;

 private:
  // One of the sparsest prunings of a network.
  struct Winner {
    int64_t network = 0, candidate = 0;
    Detection found;
    std::optional<Success> success;
  };
  struct Study {
    Pruned start, units, edges;
    std::vector<Selected> selected;
    std::vector<double> accuracies;  // of each candidate
    std::vector<Winner> winners;     // network after network
  };
  // Of the networks, how many succeed: by the first of their winners, and the sum of the shares of
  // their winners that do.
  struct Rates {
    double all = 0, first = 0;
    int64_t networks = 0, tied = 0;
  };
  Study pruned(modhost::Experiment& experiment, Pruner& pruner) const;
  Wired wiring(modhost::ModelBase& model, const Networks& networks, int64_t position) const;
  void detect(modhost::Experiment& experiment, Study& study) const;
  void write_winners(modhost::RunWriter& writer, const Pruner& pruner, const Study& study) const;
  Rates show_networks(modhost::RunWriter& writer, const Pruner& pruner, const Study& study,
                      std::vector<Detection>& firsts) const;
  void write_networks(modhost::RunWriter& writer, const Pruner& pruner, const Study& study) const;
  void report(modhost::Experiment& experiment, const Pruner& pruner, const Study& study) const;
  void report_one(modhost::Experiment& experiment, const Pruner& pruner, const Study& study) const;
};

}  // namespace modhost_sculpting
