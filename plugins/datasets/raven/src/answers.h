// The eight candidates of a problem: the correct one and seven distractors.
//
// raven: Zhang et al., CVPR 2019. iraven: Hu, Ma, Liu, Wei, Bai, Stratified Rule-Aware Network for
// Abstract Visual Reasoning, AAAI 2021. fair: Benny, Pekar, Wolf, Scale-Localized Abstract
// Reasoning, CVPR 2021.
#pragma once

#include <array>

#include "figure_plan.h"
#include "problem.h"
#include "random_stream.h"

namespace modhost::raven {

// The candidates before they are shuffled; the first is the correct one.
struct AnswerSet {
  std::array<Panel, kCandidates> panels;
  std::array<ChangeList, kCandidates> changes;
  int count = 0;

  void add(const Panel& panel, const ChangeList& change);
};

// An attribute of a component that distractors may change.
struct Changeable {
  Change what;
  int uses = 0;              // how many different changes exist
  bool same_for_all = true;  // all entities get one new level, else each its own
};
struct ChangeableList {
  int count = 0;
  std::array<Changeable, 8> items;
};

// Attributes whose change breaks a rule: those under a rule, and constant ones that are not noise.
ChangeableList changeable_attributes(const FigurePlan& plan, const RuleSet& rules,
                                     const Panel& answer);

// Each returns false when it runs out of changes before there are eight candidates. `problem` has
// configuration, rules and context.
bool draw_raven_answers(const FigurePlan& plan, const Problem& problem, const Panel& answer,
                        RandomStream& random, AnswerSet& set);
bool draw_iraven_answers(const FigurePlan& plan, const Problem& problem, const Panel& answer,
                         bool strict, RandomStream& random, AnswerSet& set);
bool draw_fair_answers(const FigurePlan& plan, const Problem& problem, const Panel& answer,
                       RandomStream& random, AnswerSet& set);

}  // namespace modhost::raven
