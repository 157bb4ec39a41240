// What inputs do the units of a cluster ask for together, beside random units?
#include <modhost/clustering.h>
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/method.h>
#include <modhost/plugin.h>

#include "featurevis_options.h"
#include "plan.h"
#include "report.h"
#include "study.h"

namespace modhost_featurevis {
namespace {

using namespace modhost;

class Featurevis : public Method<FeaturevisOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    check_plan(experiment, options());
    ModelBase& model = experiment.network();
    const UnitNetwork chosen = unit_network(model, options().unit_choice());
    const UnitLabels labels =
        chosen_clusters(model, chosen, options(), experiment.seed("clusters")).labels;
    write_labels(experiment.writer(), "labels", chosen.groups, labels);
    experiment.writer().scalar("label_entropy", label_entropy(labels));
    const UnitNetwork network = options().all_units(model);
    const Subjects subjects = subjects_of(network, chosen.groups, labels, options());

    const Study study(experiment, model, network, options());
    const std::vector<Trial> trials = study.trials(subjects.layers);
    const std::vector<Hypothesis> hypotheses = hypotheses_of(trials);
    write_trials(experiment.writer(), trials);
    write_hypotheses(experiment.writer(), hypotheses);
    show_results(experiment.writer(), trials, hypotheses, subjects.left_out);
    study.say_where();
  }
};

}  // namespace
}  // namespace modhost_featurevis

MODHOST_PLUGIN(registry) {
  registry
      .method<modhost_featurevis::Featurevis>(
          "featurevis", "inputs that drive each cluster of units most, against random units")
      .paper("Hod, Filan, Casper, Critch, Russell 2021, arXiv:2110.08058");
}
