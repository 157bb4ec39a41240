// RAVEN-FAIR: each distractor is one change away from some earlier candidate, so that the
// candidates form a random tree in which the answer is one node of many.
#include "panel_change.h"
#include "solver.h"

namespace modhost::raven {
namespace {

constexpr int kTries = 400;

bool is_known(const FigurePlan& plan, const AnswerSet& set, const Panel& panel) {
  const uint64_t look = plan.look(panel);
  for (int other = 0; other < set.count; ++other) {
    if (plan.look(set.panels[static_cast<size_t>(other)]) == look) return true;
  }
  return false;
}

}  // namespace

bool draw_fair_answers(const FigurePlan& plan, const Problem& problem, const Panel& answer,
                       RandomStream& random, AnswerSet& set) {
  const ChangeableList list = changeable_attributes(plan, problem.rules, answer);
  if (list.count == 0) return false;
  const int all_rules = kRulesPerComponent * plan.components();
  set.add(answer, {});
  for (int tried = 0; set.count < kCandidates; ++tried) {
    if (tried == kTries) return false;
    const auto parent = static_cast<size_t>(random.below(set.count));
    const Changeable& entry = list.items[static_cast<size_t>(random.below(list.count))];
    ChangeMemory memory;
    PanelChange change;
    if (!draw_change(entry, set.panels[parent], plan.ranges(entry.what.component), false, memory,
                     random, change)) {
      continue;
    }
    Panel panel = set.panels[parent];
    change.apply(panel);
    // A second change can undo the first: neither a repetition nor a second answer may come in.
    if (is_known(plan, set, panel) || satisfied_rules(problem, panel) == all_rules) continue;
    ChangeList changes = set.changes[parent];
    changes.add(entry.what);
    set.add(panel, changes);
  }
  return true;
}

}  // namespace modhost::raven
