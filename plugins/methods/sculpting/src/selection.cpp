#include "selection.h"

#include <algorithm>

namespace modhost_sculpting {

std::vector<Selected> select(const Cutter& cutter, const Pruned& pruned) {
  std::vector<Selected> out;
  std::vector<int64_t> fewest;
  for (size_t i = 0; i < pruned.candidates.size(); ++i) {
    const int64_t network = pruned.candidates[i].network;
    auto own = std::find_if(out.begin(), out.end(),
                            [&](const Selected& one) { return one.network == network; });
    if (own == out.end()) {
      own = out.insert(out.end(), {network, {}, {}, false});
      fewest.push_back(0);
    }
    const auto at = static_cast<int64_t>(i);
    own->all.push_back(at);
    if (!pruned.candidates[i].pruned) continue;
    const int64_t weights = cutter.kept_weights(pruned.networks, at);
    int64_t& least = fewest[static_cast<size_t>(own - out.begin())];
    if (!own->pruned || weights < least) own->winners.clear();
    if (!own->pruned || weights <= least) {
      own->winners.push_back(at);
      least = weights;
    }
    own->pruned = true;
  }
  for (Selected& own : out) {
    if (own.winners.empty()) own.winners.push_back(own.all.front());
  }
  return out;
}

}  // namespace modhost_sculpting
