#include "modules_method.h"

#include <modhost/error.h>

#include <algorithm>

#include "modules_report.h"
#include "products_report.h"
#include "wiring_test.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

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

}  // namespace

void Modules::run(Experiment& experiment) {
  wired(unit_network(experiment.architecture(), options().unit_choice()), 0);  // has an order
  const ModelBase& model = experiment.network();
  const UnitNetwork network = unit_network(model, options().unit_choice());
  const double threshold = options().density() < 1 ? size_for_density(network, options().density())
                                                   : options().threshold();
  report_detection(experiment, wired(network, threshold), options().rule(), options().wirings());
}

void report_detection(Experiment& experiment, const Wired& all, const DetectionRule& rule,
                      int64_t wirings) {
  const Detection found = detect_modules(all, rule);
  check(std::any_of(found.live.layers.begin(), found.live.layers.end(),
                    [&](const UnitGroup& layer) {
                      return layer.units > 0 && &layer != &found.live.layers.back();
                    }),
        ErrorCode::data, "no path of edges leads from the inputs to an output",
        "prune less, or lower --method.threshold");
  experiment.progress().begin("wirings", wirings, "wirings");
  const WiringTest test =
      against_random_wirings(found, rule, wirings, experiment.seed("wirings"), [&](int64_t done) {
        check(!experiment.stop().requested(), ErrorCode::interrupted, "interrupted");
        experiment.progress().update(done, {});
      });
  report_modules(experiment.writer(), all, found, test);
  const auto truth = experiment.data().true_modules();
  report_products(experiment.writer(), all, truth ? true_reads(*truth) : std::nullopt);
  if (truth) {
    if (const auto score = against_truth(found, *truth)) {
      report_truth(experiment.writer(), *score);
      report_success(experiment.writer(), *success_of(found, *truth));
    }
  }
}

}  // namespace modhost_sculpting
