#include "paths_report.h"

#include <algorithm>
#include <cmath>

#include "words.h"

namespace modhost_lesion {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

void tell(RunWriter& writer, const Agreement& agreed, size_t pairs) {
  const auto scalar = [&](const std::string& name, double value) {
    writer.scalar("weight_paths/" + name, value);
  };
  scalar("both", static_cast<double>(agreed.both));
  scalar("only_lesions", static_cast<double>(agreed.only_lesions));
  scalar("only_weights", static_cast<double>(agreed.only_paths));
  scalar("neither", static_cast<double>(agreed.neither));
  if (pairs == 0) {
    writer.say("No dependency is there to hold the weights between sub-clusters beside.");
    return;
  }
  scalar("agreement", agreed.share());
  std::string words = "The weights between them say the same of " +
                      std::to_string(agreed.both + agreed.neither) + " of these " +
                      std::to_string(pairs) + " pairs";
  if (std::isfinite(agreed.ranking)) {
    scalar("ranking", agreed.ranking);
    words +=
        "; a pair with a dependency (types I to III) has the larger score of paths with a "
        "chance of " +
        number_text("%.2f", agreed.ranking) + " (0.5 is none)";
  }
  writer.say(words + ".");
}

}  // namespace

void report_paths(RunWriter& writer, const std::vector<LayerClusters>& layers,
                  const std::vector<WeightPath>& paths, const std::vector<LesionEdge>& lesions,
                  double threshold) {
  Table table{{"x_layer", "x_label", "y_layer", "y_label", "weight", "score", "normalised", "edge",
               "type", "agrees"},
              {}};
  std::vector<Judged> judged;
  for (const WeightPath& path : paths) {
    const LayerClusters &from = layers[path.x_layer], &to = layers[path.y_layer];
    const int64_t x = from.sub_clusters[path.x].label, y = to.sub_clusters[path.y].label;
    const bool edge = path.normalised >= threshold;
    const auto found = std::find_if(lesions.begin(), lesions.end(), [&](const LesionEdge& own) {
      return own.x_group == from.group && own.x_label == x && own.y_group == to.group &&
             own.y_label == y;
    });
    const bool tested = found != lesions.end();
    if (tested) judged.push_back({found->edge, path.normalised});
    table.add({from.name, x, to.name, y, path.direct, path.score, path.normalised, yes_no(edge),
               tested ? Cell(found->type) : Cell(),
               tested ? Cell(yes_no(found->edge == edge)) : Cell()});
  }
  writer.table("weight_paths", table);
  tell(writer, agreement(judged, threshold), judged.size());
}

}  // namespace modhost_lesion
