#include "plan.h"

#include <modhost/error.h>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kMostInputs = int64_t{1} << 28;  // numbers in memory for receptive images

void check_inputs(const Signature& signature, const FeaturevisOptions& options) {
  const bool image = signature.input == Input::image;
  check(image || signature.input == Input::features, ErrorCode::config,
        "method 'featurevis' optimises inputs that are images or features, and the dataset has " +
            to_string(signature.input),
        "name another dataset by --dataset");
  const bool changes = options.jitter() > 0 || options.zoom() > 0 || options.rotation() > 0;
  check(image || !changes, ErrorCode::config,
        "options 'method.jitter', 'method.zoom' and 'method.rotation' are for images, and the "
        "dataset has features");
}

void check_receptive(const Signature& signature, int64_t samples) {
  check(samples <= kMostInputs / signature.input_size(), ErrorCode::config,
        "option 'method.receptive' keeps all inputs in memory, and " + std::to_string(samples) +
            " samples of " + std::to_string(signature.input_size()) + " values are more than " +
            std::to_string(kMostInputs),
        "take fewer by --method.samples");
}

Error nothing_left(const FeaturevisOptions& options) {
  return Error(ErrorCode::config,
               "no hidden layer has a sub-cluster of more than " + std::to_string(options.small()) +
                   " units and less than " + options.large.value_text() + " of its layer",
               "choose fewer clusters, or other sizes by --method.small and --method.large");
}

// Whatever the clusters may be.
void check_sizes(const UnitNetwork& network, const UnitNetwork& chosen,
                 const FeaturevisOptions& options) {
  check_clusters(options.clusters(), chosen.groups);
  int64_t units = 0;
  for (const UnitGroup& group : chosen.groups) units += group.units;
  const UnitLabels one(static_cast<size_t>(units), 0);
  for (const LayerClusters& layer : sub_clusters(network, chosen.groups, one)) {
    if (static_cast<int64_t>(layer.live.size()) > options.small()) return;
  }
  throw nothing_left(options);
}

}  // namespace

Subjects subjects_of(const UnitNetwork& network, const std::vector<UnitGroup>& groups,
                     const UnitLabels& labels, const FeaturevisOptions& options) {
  Subjects out;
  for (LayerClusters& layer : sub_clusters(network, groups, labels)) {
    const auto units = static_cast<double>(network.groups[static_cast<size_t>(layer.group)].units);
    std::vector<SubCluster> kept;
    for (SubCluster& own : layer.sub_clusters) {
      const auto size = static_cast<int64_t>(own.units.size());
      const bool fits =
          size > options.small() && static_cast<double>(size) < options.large() * units;
      if (fits) {
        kept.push_back(std::move(own));
      } else {
        ++out.left_out;
      }
    }
    layer.sub_clusters = std::move(kept);
    if (!layer.sub_clusters.empty()) out.layers.push_back(std::move(layer));
  }
  if (out.layers.empty()) throw nothing_left(options);
  return out;
}

void check_plan(Experiment& experiment, const FeaturevisOptions& options) {
  const ModelBase& model = experiment.architecture();
  const int64_t samples = experiment.data().all(Split::test)->size();
  check_inputs(model.signature(), options);
  check(samples > 0, ErrorCode::config,
        "method 'featurevis' needs test samples, and the dataset has none",
        "name a dataset by --dataset");
  if (options.receptive()) {
    check_receptive(model.signature(),
                    options.samples() > 0 ? std::min(options.samples(), samples) : samples);
  }
  const UnitNetwork chosen = unit_network(model, options.unit_choice());
  const UnitNetwork network = options.all_units(model);
  if (options.labels().empty()) {
    check_sizes(network, chosen, options);
  } else {
    subjects_of(network, chosen.groups, read_labels(options.labels(), model, chosen).labels,
                options);
  }
}

}  // namespace modhost_featurevis
