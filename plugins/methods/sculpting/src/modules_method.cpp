#include "modules_method.h"

#include <modhost/count_text.h>
#include <modhost/error.h>

#include <algorithm>

#include "modules_report.h"
#include "products_report.h"
#include "wiring_test.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The size that the largest `density` of these weights have at least.
double size_for_density(const std::vector<Tensor>& sizes, double density) {
  const Tensor all = std::get<0>(torch::cat(sizes).sort(/*dim=*/0, /*descending=*/true));
  const auto kept = static_cast<int64_t>(density * static_cast<double>(all.size(0)));
  return kept >= all.size(0) ? 0 : all[kept].item<double>();
}

std::vector<double> thresholds_of(const UnitNetwork& network, const ModulesOptions& options) {
  const double density = options.density();
  if (density == 1) return std::vector<double>(network.kernels.size(), options.threshold());
  std::vector<Tensor> sizes;
  std::vector<double> out;
  for (const UnitKernel& kernel : network.kernels) {
    sizes.push_back(kernel.weights.abs().flatten().to(torch::kDouble));
    out.push_back(size_for_density({sizes.back()}, density));
  }
  if (options.density_of() == "layer") return out;
  return std::vector<double>(out.size(), size_for_density(sizes, density));
}

void check_paths(const Wired& all, const Detection& found) {
  if (has_path(found)) return;
  std::string where;
  for (const Edges& edges : all.edges) {
    const bool cut = std::all_of(edges.strength.begin(), edges.strength.end(),
                                 [](double strength) { return strength <= 0; });
    if (!cut) continue;
    where = ": none of " + count_text(static_cast<int64_t>(edges.strength.size())) +
            " connections of '" + all.layers[edges.from].name + "' and '" +
            all.layers[edges.to].name + "' is an edge";
    break;
  }
  throw Error(ErrorCode::data, "no path of edges leads from the inputs to an output" + where,
              "prune less, lower --method.threshold, or take the largest weights of each layer by "
              "--method.density_of layer");
}

}  // namespace

bool has_path(const Detection& found) {
  const auto& layers = found.live.layers;
  return std::any_of(layers.begin(), layers.end(), [&](const UnitGroup& layer) {
    return layer.units > 0 && &layer != &layers.back();
  });
}

void Modules::run(Experiment& experiment) {
  wired(unit_network(experiment.architecture(), options().unit_choice()), 0);  // has an order
  const ModelBase& model = experiment.network();
  const UnitNetwork network = unit_network(model, options().unit_choice());
  report_detection(experiment, wired(network, thresholds_of(network, options())), options().rule(),
                   options().wirings());
}

void report_detection(Experiment& experiment, const Wired& all, const DetectionRule& rule,
                      int64_t wirings) {
  const Detection found = detect_modules(all, rule);
  check_paths(all, found);
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
