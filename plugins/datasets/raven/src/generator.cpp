#include "generator.h"

#include "answers.h"
#include "matrix.h"
#include "modhost/error.h"
#include "solver.h"

namespace modhost::raven {
namespace {

constexpr int kMatrixTries = 4000;
constexpr int kAnswerTries = 32;

bool distinct(const FigurePlan& plan, const AnswerSet& set) {
  std::array<uint64_t, kCandidates> looks;
  for (size_t candidate = 0; candidate < kCandidates; ++candidate) {
    looks[candidate] = plan.look(set.panels[candidate]);
    for (size_t other = 0; other < candidate; ++other) {
      if (looks[other] == looks[candidate]) return false;
    }
  }
  return true;
}

void place_candidates(const AnswerSet& set, RandomStream& random, Problem& problem) {
  std::array<uint8_t, kCandidates> order = {0, 1, 2, 3, 4, 5, 6, 7};
  random.shuffle(order.data(), kCandidates, kCandidates);
  for (size_t place = 0; place < kCandidates; ++place) {
    problem.candidates[place] = set.panels[order[place]];
    problem.changes[place] = set.changes[order[place]];
    if (order[place] == 0) problem.target = static_cast<int>(place);
  }
}

}  // namespace

Split split_of_look(uint64_t look) { return split_of_index(look); }

Generator::Generator(TaskSet set) : set_(std::move(set)) {
  check_values(set_.values);
  if (set_.configurations.empty()) {
    throw Error(ErrorCode::config, "task set '" + set_.name + "' has no configuration");
  }
  for (const Configuration configuration : set_.configurations) {
    plans_[static_cast<size_t>(configuration)] =
        std::make_unique<const FigurePlan>(set_, configuration);
    for (const Split split : {Split::train, Split::val, Split::test}) {
      generate(configuration, split, 0, 0);  // throws when the set admits no problem
    }
  }
}

const FigurePlan& Generator::plan(Configuration configuration) const {
  const auto& plan = plans_[static_cast<size_t>(configuration)];
  if (!plan) {
    throw Error(ErrorCode::config, "configuration '" + std::string(info(configuration).folder) +
                                       "' is not part of task set '" + set_.name + "'");
  }
  return *plan;
}

Problem Generator::generate(Configuration configuration, Split split, uint64_t index,
                            uint64_t seed) const {
  const FigurePlan& figure = plan(configuration);
  uint64_t hash = hash_text(set_.name);
  hash = hash_with(hash, static_cast<uint64_t>(split));
  hash = hash_with(hash, static_cast<uint64_t>(configuration));
  hash = hash_with(hash, index);
  RandomStream random(hash_with(hash, seed));
  Problem problem;
  problem.configuration = configuration;
  problem.scheme = set_.scheme;
  for (int tried = 0; tried < kMatrixTries; ++tried) {
    if (try_draw(figure, split, random, problem)) return problem;
  }
  throw Error(ErrorCode::config,
              "task set '" + set_.name + "' in configuration '" + info(configuration).folder +
                  "' - none of " + std::to_string(kMatrixTries) + " drawn matrices for '" +
                  split_name(split) + "' has eight different candidates, needed one",
              "allow more types, sizes, colors or rules, or leave the configuration out");
}

bool Generator::try_draw(const FigurePlan& plan, Split split, RandomStream& random,
                         Problem& problem) const {
  Matrix matrix;
  problem.rules = plan.draw_rules(random);
  for (int component = 0; component < plan.components(); ++component) {
    draw_component(matrix, component, problem.rules[static_cast<size_t>(component)],
                   plan.ranges(component), random);
  }
  if (split_of_look(plan.look(matrix)) != split) return false;
  for (size_t panel = 0; panel < kContextPanels; ++panel) problem.context[panel] = matrix[panel];
  const int tries = set_.strict ? kAnswerTries : 1;
  for (int tried = 0; tried < tries; ++tried) {
    if (try_answers(plan, matrix[kContextPanels], random, problem)) return true;
  }
  return false;
}

bool Generator::try_answers(const FigurePlan& plan, const Panel& answer, RandomStream& random,
                            Problem& problem) const {
  AnswerSet set;
  bool complete = false;
  switch (set_.scheme) {
    case AnswerScheme::raven:
      complete = draw_raven_answers(plan, problem, answer, random, set);
      break;
    case AnswerScheme::iraven:
      complete = draw_iraven_answers(plan, problem, answer, set_.strict, random, set);
      break;
    case AnswerScheme::fair:
      complete = draw_fair_answers(plan, problem, answer, random, set);
      break;
  }
  if (!complete || (set_.strict && !distinct(plan, set))) return false;
  place_candidates(set, random, problem);
  const Solution solution = solve(problem);
  problem.predicted = solution.choice;
  return !set_.strict || (solution.unique && solution.choice == problem.target);
}

Problem generate(const TaskSet& set, Configuration configuration, Split split, uint64_t index,
                 uint64_t seed) {
  TaskSet single = set;
  single.configurations = {configuration};
  return Generator(std::move(single)).generate(configuration, split, index, seed);
}

}  // namespace modhost::raven
