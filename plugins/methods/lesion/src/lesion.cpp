// What does a network lose with a cluster of its units, beside random units?
#include <modhost/clustering.h>
#include <modhost/error.h>
#include <modhost/experiment.h>
#include <modhost/method.h>
#include <modhost/plugin.h>
#include <modhost/random.h>

#include "ablation_report.h"
#include "double_report.h"
#include "lesion_options.h"
#include "mask_report.h"
#include "paths_report.h"
#include "report.h"
#include "unit_labels.h"

namespace modhost_lesion {
namespace {

using namespace modhost;

class Lesion : public Method<LesionOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    check_plan(experiment);
    ModelBase& model = experiment.network();
    const UnitNetwork chosen = unit_network(model, options().unit_choice());
    const UnitClusters clusters =
        chosen_clusters(model, chosen, options(), experiment.seed("clusters"));
    const UnitLabels& labels = clusters.labels;
    write_labels(experiment.writer(), "labels", chosen.groups, labels);
    const UnitNetwork network = options().all_units(model);
    const auto layers = sub_clusters(network, chosen.groups, labels);
    check_layers(layers);

    const auto samples = experiment.data().all(Split::test);
    EvaluateOptions how;
    how.batch_size = options().batch_size();
    how.limit = options().samples();
    how.device = experiment.device();
    how.stop = &experiment.stop();
    const Scorer scorer(model, network, *samples, how, options().at_once());
    Findings findings{scorer, {}, thresholds(), 0, clusters.names};
    lesion_all(experiment, layers, UnitWeights(model, network), findings);

    const std::vector<Hypothesis> hypotheses = hypotheses_of(findings);
    write_lesions(experiment.writer(), findings);
    write_hypotheses(experiment.writer(), findings, hypotheses);
    experiment.writer().scalar("label_entropy", label_entropy(labels));
    show_results(experiment.writer(), findings, hypotheses);
    if (options().doubles()) lesion_pairs(experiment, network, layers, findings);
    const UnitLabels all = spread_labels(network, chosen.groups, labels);
    if (options().ablate()) ablate(experiment, network, {all, clusters.names}, how);
    if (!options().masks().empty()) compare_masks(experiment, network, {all, clusters.names});
  }

 private:
  Thresholds thresholds() const {
    const double p = options().p_threshold();
    return {p > 0 ? p : 1 / static_cast<double>(options().controls()), options().damage_threshold(),
            options().small()};
  }

  // What can be told before hours of training.
  void check_plan(const Experiment& experiment) const {
    const ModelBase& model = experiment.architecture();
    check(experiment.data().all(Split::test)->size() > 0, ErrorCode::config,
          "method 'lesion' needs test samples, and the dataset has none",
          "name a dataset by --dataset");
    const UnitNetwork chosen = unit_network(model, options().unit_choice());
    if (!options().masks().empty()) check_tasks(read_masks(options().masks(), model));
    if (!options().labels().empty()) {
      const UnitLabels labels = read_labels(options().labels(), model, chosen).labels;
      check_layers(sub_clusters(options().all_units(model), chosen.groups, labels));
      return;
    }
    check_clusters(options().clusters(), chosen.groups);
  }

  static void check_layers(const std::vector<LayerClusters>& layers) {
    for (const LayerClusters& layer : layers) {
      for (const SubCluster& own : layer.sub_clusters) {
        if (own.units.size() > 1) return;
      }
    }
    throw Error(ErrorCode::config,
                "no hidden layer has two units of one cluster, so there is nothing to lesion",
                "choose fewer clusters, or other units by --method.units");
  }

  // Each sub-cluster, then its controls; all of a layer in one list.
  std::vector<UnitSets> lesions_of(const LayerClusters& layer, uint64_t seed) const {
    std::vector<UnitSets> out;
    for (const SubCluster& own : layer.sub_clusters) {
      if (own.units.size() < 2) continue;
      out.push_back({{layer.group, own.units}});
      if (own.units.size() == layer.live.size()) continue;
      const uint64_t drawn =
          derive_seed(derive_seed(seed, layer.name), static_cast<uint64_t>(own.label));
      for (int64_t draw = 0; draw < options().controls(); ++draw) {
        const uint64_t own_seed = derive_seed(drawn, static_cast<uint64_t>(draw));
        out.push_back(
            {{layer.group,
              random_units(layer.live, static_cast<int64_t>(own.units.size()), own_seed)}});
      }
    }
    return out;
  }

  void lesion_all(Experiment& experiment, const std::vector<LayerClusters>& layers,
                  const UnitWeights& weights, Findings& findings) const {
    std::vector<std::vector<UnitSets>> sets;
    int64_t total = 0, finished = 0;
    for (const LayerClusters& layer : layers) {
      sets.push_back(lesions_of(layer, experiment.seed("controls")));
      total += static_cast<int64_t>(sets.back().size());
    }
    experiment.progress().begin("lesions", total, "lesions");
    for (size_t at = 0; at < layers.size(); ++at) {
      const LayerClusters& layer = layers[at];
      const std::vector<Score> scores = findings.scorer(sets[at], [&](int64_t count) {
        finished += count;
        experiment.progress().update(finished, {});
      });
      auto score = scores.begin();
      auto lesioned = sets[at].begin();
      const auto next_weights = [&] { return weights(layer.group, lesioned++->at(layer.group)); };
      for (const SubCluster& own : layer.sub_clusters) {
        if (own.units.size() < 2) {
          ++findings.skipped;
          continue;
        }
        SingleLesion lesion{layer.name,
                            own.label,
                            static_cast<int64_t>(own.units.size()),
                            static_cast<int64_t>(layer.live.size()),
                            *score++,
                            {},
                            next_weights(),
                            {}};
        if (!lesion.complete()) {
          lesion.controls.assign(score, score + options().controls());
          score += options().controls();
          for (int64_t i = 0; i < options().controls(); ++i) {
            lesion.control_weights.push_back(next_weights());
          }
        }
        findings.lesions.push_back(std::move(lesion));
      }
    }
  }

  // The sub-clusters that have controls, with what they did alone.
  static std::vector<Member> members_of(const std::vector<LayerClusters>& layers,
                                        const Findings& findings) {
    std::vector<Member> out;
    auto lesion = findings.lesions.begin();
    for (const LayerClusters& layer : layers) {
      for (const SubCluster& own : layer.sub_clusters) {
        if (own.units.size() < 2) continue;
        const SingleLesion& alone = *lesion++;
        if (alone.complete()) continue;
        const SingleResult result =
            judged(alone, findings.scorer.whole(), findings.scorer.by_loss(), findings.thresholds);
        out.push_back({layer.name, own.label, layer.group, own.units, layer.live, alone.own,
                       result.taxonomy == "important"});
      }
    }
    return out;
  }

  static std::vector<LesionEdge> edges_of(const std::vector<Member>& members,
                                          const std::vector<DoubleLesion>& pairs) {
    std::vector<LesionEdge> out;
    for (const Dependency& own : dependencies_of(members, pairs)) {
      const Member &x = members[own.x], &y = members[own.y];
      out.push_back({x.group, x.label, y.group, y.label, own.type, own.edge()});
    }
    return out;
  }

  void lesion_pairs(Experiment& experiment, const UnitNetwork& network,
                    const std::vector<LayerClusters>& layers, const Findings& findings) const {
    const std::vector<Member> members = members_of(layers, findings);
    const uint64_t seed = experiment.seed("doubles");
    const auto pairs =
        static_cast<int64_t>(members.empty() ? 0 : members.size() * (members.size() - 1) / 2);
    int64_t finished = 0;
    experiment.progress().begin("doubles", pairs * (1 + 3 * options().controls()), "lesions");
    const auto found = double_lesions(findings.scorer, members, options().controls(), seed,
                                      findings.thresholds, [&](int64_t count) {
                                        finished += count;
                                        experiment.progress().update(finished, {});
                                      });
    report_doubles(experiment.writer(), members, found, findings.scorer.whole());
    const bool mean = options().path_edges() == "mean";
    report_paths(experiment.writer(), layers,
                 weight_paths(experiment.architecture(), network, layers, mean),
                 edges_of(members, found), options().path_threshold());
  }

  // `clusters`: of all units of the network.
  void ablate(Experiment& experiment, const UnitNetwork& network, const UnitClusters& clusters,
              const EvaluateOptions& how) const {
    const TestParts test(experiment.network(), experiment.data().all(Split::test), how);
    AblationPlan plan{clusters.labels, options().controls(), options().ablate_last(),
                      options().at_once(), experiment.seed("ablations")};
    int64_t finished = 0;
    experiment.progress().begin("ablations", networks_of(network, plan), "networks");
    const Ablations found =
        ablations(experiment.architecture(), network, test, plan, [&](int64_t count) {
          finished += count;
          experiment.progress().update(finished, {});
        });
    report_ablations(experiment.writer(), found, clusters.names);
  }

  void compare_masks(Experiment& experiment, const UnitNetwork& network,
                     const UnitClusters& clusters) const {
    const ModelBase& model = experiment.architecture();
    const MaskClusters found =
        mask_clusters(model, network, clusters.labels, read_masks(options().masks(), model),
                      options().controls(), experiment.seed("masks"));
    report_mask_clusters(experiment.writer(), found, clusters.names);
  }
};

}  // namespace
}  // namespace modhost_lesion

MODHOST_PLUGIN(registry) {
  registry
      .method<modhost_lesion::Lesion>(
          "lesion", "what a network loses with each cluster of its units, against random units")
      .paper("Hod, Filan, Casper, Critch, Russell 2021, arXiv:2110.08058");
}
