// Which modules does the wiring of a network have, and how do they feed each other?
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/method.h>
#include <modhost/plugin.h>

#include <algorithm>

#include "modules_options.h"
#include "modules_report.h"
#include "wiring_test.h"

namespace modhost_sculpting {
namespace {

using namespace modhost;

// The size that the largest `density` of all weights have at least.
double size_for_density(const UnitNetwork& network, double density) {
  std::vector<Tensor> sizes;
  for (const UnitKernel& kernel : network.kernels) {
    sizes.push_back(kernel.weights.abs().flatten().to(torch::kDouble));
  }
  const Tensor all = std::get<0>(torch::cat(sizes).sort(/*dim=*/0, /*descending=*/true));
  const auto kept = static_cast<int64_t>(density * static_cast<double>(all.size(0)));
  return kept >= all.size(0) ? 0 : all[kept].item<double>();
}

class Modules : public Method<ModulesOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    wired(unit_network(experiment.architecture(), options().unit_choice()), 0);  // has an order
    const ModelBase& model = experiment.network();
    const UnitNetwork network = unit_network(model, options().unit_choice());
    const double threshold = options().density() < 1
                                 ? size_for_density(network, options().density())
                                 : options().threshold();
    const Wired all = wired(network, threshold);
    const DetectionRule rule = options().rule();
    const Detection found = detect_modules(all, rule);
    check(std::any_of(found.live.layers.begin(), found.live.layers.end(),
                      [&](const UnitGroup& layer) {
                        return layer.units > 0 && &layer != &found.live.layers.back();
                      }),
          ErrorCode::data, "no path of edges leads from the inputs to an output",
          "prune less, or lower --method.threshold");
    experiment.progress().begin("wirings", options().wirings(), "wirings");
    const WiringTest test = against_random_wirings(
        found, rule, options().wirings(), experiment.seed("wirings"), [&](int64_t done) {
          check(!experiment.stop().requested(), ErrorCode::interrupted, "interrupted");
          experiment.progress().update(done, {});
        });
    report_modules(experiment.writer(), all, found, test);
    if (const auto truth = experiment.data().true_modules()) {
      if (const auto score = against_truth(found, *truth)) {
        report_truth(experiment.writer(), *score);
      }
    }
  }
};

}  // namespace
}  // namespace modhost_sculpting

MODHOST_PLUGIN(registry) {
  registry
      .method<modhost_sculpting::Modules>(
          "modules", "modules of a pruned network: units that reach the same units")
      .paper("Patil, Michael, Dovrolis 2023, arXiv:2305.18402")
      .suggest("model.name", "arrays");
}
