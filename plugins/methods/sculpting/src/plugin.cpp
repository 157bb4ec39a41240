#include <modhost/plugin.h>

#include "modules_method.h"
#include "prune_methods.h"
#include "sculpt.h"

namespace {

constexpr const char* kPaper = "Patil, Michael, Dovrolis 2023, arXiv:2305.18402";

}  // namespace

MODHOST_PLUGIN(registry) {
  using namespace modhost_sculpting;  // NOLINT: a list of what is there
  registry
      .method<Modules>("modules", "modules of a pruned network: units that reach the same units")
      .paper(kPaper)
      .suggest("model.name", "arrays");
  registry
      .method<PruneMethod<PruneUnitsOptions>>(
          "prune_units", "takes out hidden units as long as the network answers right")
      .paper(kPaper)
      .suggest("model.name", "mlp")
      .suggest("dataset.name", "boolean");
  registry
      .method<PruneMethod<PruneEdgesOptions>>(
          "prune_edges", "takes out the smallest weights as long as the network answers right")
      .paper(kPaper)
      .suggest("model.name", "mlp")
      .suggest("dataset.name", "boolean");
  registry.method<PruneMethod<PruneOptions>>("prune", "takes out hidden units, then weights")
      .paper(kPaper)
      .suggest("model.name", "mlp")
      .suggest("dataset.name", "boolean");
  registry
      .method<Sculpt>("sculpt",
                      "prunes networks in many ways and finds the modules of the sparsest")
      .paper(kPaper)
      .suggest("model.name", "mlp")
      .suggest("dataset.name", "boolean");
}
