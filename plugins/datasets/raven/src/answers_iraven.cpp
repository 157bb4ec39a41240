// I-RAVEN: up to three attributes are changed or kept in all combinations, so that counting
// values over the candidates does not give the answer away.
#include "panel_change.h"

namespace modhost::raven {
namespace {

constexpr int kTreeDepth = 3;
constexpr int kRedraws = 32;

class Bisection {
 public:
  Bisection(const FigurePlan& plan, const Panel& answer, bool strict, RandomStream& random,
            AnswerSet& set)
      : plan_(plan), answer_(answer), strict_(strict), random_(random), set_(set) {}

  bool run(ChangeableList list) {
    const int chosen = std::min(list.count, kTreeDepth);
    random_.shuffle(list.items.data(), list.count, chosen);
    list.count = chosen;
    number_last(list);
    for (int item = 0; item < list.count; ++item) {
      const Changeable& entry = list.items[static_cast<size_t>(item)];
      if (entry.what.attribute == Attribute::position) moved_component_ = entry.what.component;
      if (entry.uses == 0) return false;
    }
    set_.add(answer_, {});
    if (list.count == 0) return false;
    if (list.count == 1) return repeat(list.items[0], kCandidates - 1, 1);
    if (list.count == 2) return two(list);
    for (int item = 0; item < list.count; ++item) {
      if (!repeat(list.items[static_cast<size_t>(item)], 1, set_.count)) return false;
    }
    return true;
  }

 private:
  static void number_last(ChangeableList& list) {
    for (int item = 0; item + 1 < list.count; ++item) {
      if (list.items[static_cast<size_t>(item)].what.attribute != Attribute::number) continue;
      const Changeable number = list.items[static_cast<size_t>(item)];
      for (int next = item; next + 1 < list.count; ++next) {
        list.items[static_cast<size_t>(next)] = list.items[static_cast<size_t>(next) + 1];
      }
      list.items[static_cast<size_t>(list.count - 1)] = number;
      return;
    }
  }

  bool two(const ChangeableList& list) {
    if (!repeat(list.items[0], 1, 1)) return false;
    const bool both = list.items[0].what.attribute == Attribute::position &&
                      list.items[1].what.attribute == Attribute::number;
    // A moved panel and one of another count have nothing to combine.
    return both ? repeat(list.items[1], 6, 1) : repeat(list.items[1], 3, 2);
  }

  // Draws `values` changes and applies each to the first `bases` candidates there are now.
  bool repeat(const Changeable& entry, int values, int bases) {
    for (int value = 0; value < values; ++value) {
      PanelChange change;
      if (!draw(entry, bases == 4, change)) return false;
      for (int base = 0; base < bases; ++base) {
        Panel panel = set_.panels[static_cast<size_t>(base)];
        ChangeList changes = set_.changes[static_cast<size_t>(base)];
        change.apply(panel, moved(changes, entry));
        changes.add(entry.what);
        set_.add(panel, changes);
      }
    }
    return true;
  }

  // Strict sets avoid values that would repeat a candidate.
  bool draw(const Changeable& entry, bool third_of_three, PanelChange& change) {
    const LevelRanges& ranges = plan_.ranges(entry.what.component);
    const bool two_sets = third_of_three && moved_component_ == entry.what.component;
    const int redraws = strict_ ? kRedraws : 1;
    for (int redraw = 0; redraw < redraws; ++redraw) {
      if (!draw_change(entry, answer_, ranges, two_sets, memory_[entry.what.component], random_,
                       change)) {
        return false;
      }
      if (!strict_ || is_new(change)) return true;
    }
    return false;
  }

  bool is_new(const PanelChange& change) const {
    Panel panel = answer_;
    change.apply(panel);
    const uint64_t look = plan_.look(panel);
    for (int other = 0; other < set_.count; ++other) {
      if (plan_.look(set_.panels[static_cast<size_t>(other)]) == look) return false;
    }
    return true;
  }

  static bool moved(const ChangeList& changes, const Changeable& entry) {
    if (entry.what.attribute != Attribute::number) return false;
    for (size_t item = 0; item < changes.count; ++item) {
      if (changes.items[item].attribute == Attribute::position &&
          changes.items[item].component == entry.what.component) {
        return true;
      }
    }
    return false;
  }

  const FigurePlan& plan_;
  const Panel& answer_;
  const bool strict_;
  RandomStream& random_;
  AnswerSet& set_;
  ChangeMemory memory_[kMaxComponents];
  int moved_component_ = -1;
};

}  // namespace

bool draw_iraven_answers(const FigurePlan& plan, const Problem& problem, const Panel& answer,
                         bool strict, RandomStream& random, AnswerSet& set) {
  return Bisection(plan, answer, strict, random, set)
      .run(changeable_attributes(plan, problem.rules, answer));
}

}  // namespace modhost::raven
