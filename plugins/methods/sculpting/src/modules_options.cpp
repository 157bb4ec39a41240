#include "modules_options.h"

#include <modhost/error.h>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

UnitChoice ModulesOptions::unit_choice() const {
  UnitChoice choice = UnitOptions::unit_choice();
  // The layers of a residual stream, as one group, would feed themselves.
  if (!sums.is_set()) choice.sums = false;
  return choice;
}

namespace {

PointDistance distance_named(const std::string& name) {
  if (name == "jaccard") return PointDistance::jaccard;
  return name == "euclidean" ? PointDistance::euclidean : PointDistance::cosine;
}

LinkageKind linkage_named(const std::string& name) {
  if (name == "complete") return LinkageKind::complete;
  if (name == "single") return LinkageKind::single;
  return name == "ward" ? LinkageKind::ward : LinkageKind::average;
}

}  // namespace

DetectionRule ModulesOptions::rule() const {
  DetectionRule out;
  out.feature_steps = feature_step_size();
  out.separability_steps = clusterability_step_size();
  out.merging_threshold = merging_threshold();
  out.layer.metric_threshold = metric_threshold();
  out.layer.linkage = {distance_named(distance()), linkage_named(linkage())};
  out.layer.criterion = criterion_named(criterion());
  out.direction = direction_named(direction());
  out.weighted = weighted();
  return out;
}

void ModulesOptions::validate() const {
  UnitOptions::validate();
  check(threshold() == 0 || density() == 1, ErrorCode::config,
        "options 'method.threshold' and 'method.density' both say what an edge is",
        "leave one of them out");
  check(density() > 0, ErrorCode::config, "option 'method.density' is 0, which leaves no edge");
  check(linkage() != "ward" || distance() == "euclidean", ErrorCode::config,
        "option 'method.linkage': ward is of euclidean distances, and 'method.distance' is " +
            distance(),
        "--method.distance euclidean");
  check(distance() != "jaccard" || !weighted(), ErrorCode::config,
        "option 'method.weighted' changes nothing for 'method.distance' jaccard, which looks only "
        "at where there is a path",
        "leave one of them out");
}

}  // namespace modhost_sculpting
