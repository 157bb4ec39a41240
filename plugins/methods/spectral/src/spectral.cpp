// Do the units of a network fall into clusters, more than chance would have it?
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/method.h>
#include <modhost/plugin.h>
#include <modhost/random.h>

#include "activations.h"
#include "clusterer.h"
#include "nulls.h"
#include "report.h"
#include "selectivity.h"
#include "significance_test.h"
#include "spectral_options.h"

namespace modhost_spectral {
namespace {

using namespace modhost;

class Spectral : public Method<SpectralMethodOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    check_plan(experiment);
    ModelBase& model = experiment.network();
    const UnitNetwork network = unit_network(model, options().unit_choice());
    const UnitGraph graph = unit_graph(network, options().graph_choice());
    const Clusterer clusterer(options(), graph, experiment.seed("clusters"));
    write_clusters(experiment.writer(), graph, clusterer);
    std::vector<NullTest> tests = shuffled(experiment, clusterer, network, graph);
    if (options().fresh() > 0) tests.push_back(fresh(experiment, clusterer, model));
    look_at_data(experiment, clusterer, model, graph, tests);
    write_tests(experiment.writer(), clusterer, tests);
    show_results(experiment.writer(), graph, clusterer, tests);
  }

 private:
  // What can be told before hours of training.
  void check_plan(const Experiment& experiment) const {
    check_clusters(options().clusters(),
                   unit_network(experiment.architecture(), options().unit_choice()).groups);
    if (options().activations()) check_data(experiment, "activations");
    if (!options().selectivity()) return;
    check_data(experiment, "selectivity");
    const Output output = experiment.data().signature().output;
    check(output == Output::classes, ErrorCode::config,
          "option 'method.selectivity' needs a dataset with classes, and this one has " +
              to_string(output));
  }

  void check_data(const Experiment& experiment, const std::string& option) const {
    hidden_units(experiment.architecture(), options());
    check(experiment.data().all(Split::test)->size() > 1, ErrorCode::config,
          "option 'method." + option + "' needs test samples, and the dataset has none",
          "name a dataset by --dataset");
  }

  void look_at_data(Experiment& experiment, const Clusterer& clusterer, ModelBase& model,
                    const UnitGraph& graph, std::vector<NullTest>& tests) const {
    if (!options().activations() && !options().selectivity()) return;
    const HiddenValues hidden = hidden_values(experiment, model, options());
    if (options().activations()) {
      tests.push_back(compare_activations(experiment, hidden, options(), graph, clusterer));
    }
    if (options().selectivity()) compare_selectivities(experiment, hidden, graph, clusterer);
  }

  std::vector<NullTest> shuffled(Experiment& experiment, const Clusterer& clusterer,
                                 const UnitNetwork& network, const UnitGraph& graph) const {
    std::vector<NullTest> out;
    if (options().shuffles() == 0) return out;
    const UnitGraph kept = subgraph(graph, kept_units(graph, clusterer.isolated()));
    for (const std::string& name : options().shuffle()) {
      const NullModel kind = null_named(name);
      out.push_back(
          test_against(experiment, clusterer, name, options().shuffles(), [&](uint64_t seed) {
            if (options().shuffle_kernels() == "whole") return null_graph(kept, kind, seed);
            return unit_graph(null_network(network, kind, seed), options().graph_choice());
          }));
    }
    return out;
  }

  // Untrained networks of the same architecture. One after the other: there is one model.
  NullTest fresh(Experiment& experiment, const Clusterer& clusterer, ModelBase& model) const {
    NamedTensors trained;
    for (const auto& [name, tensor] : model.state()) trained.emplace_back(name, tensor.clone());
    const uint64_t seed = experiment.seed("fresh");
    std::vector<double> ncuts;
    for (int64_t draw = 0; draw < options().fresh(); ++draw) {
      check(!experiment.stop().requested(), ErrorCode::interrupted, "interrupted");
      const uint64_t own = derive_seed(seed, static_cast<uint64_t>(draw));
      model.initialize(own);
      const UnitGraph graph =
          unit_graph(unit_network(model, options().unit_choice()), options().graph_choice());
      ncuts.push_back(clusterer(graph, derive_seed(own, "clusters")).ncut);
    }
    model.load_state(trained);
    return {"fresh", clusterer.tested_ncut(), ncuts};
  }
};

}  // namespace
}  // namespace modhost_spectral

MODHOST_PLUGIN(registry) {
  registry
      .method<modhost_spectral::Spectral>(
          "spectral", "clusters of units that the weights connect, against shuffled networks")
      .paper("Filan, Casper, Hod, Wild, Critch, Russell 2021, arXiv:2103.03386")
      .suggest("model.name", "arrays");
}
