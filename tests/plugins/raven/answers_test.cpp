// Candidates of the three schemes: well posed, different from each other, balanced or not.
#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "raven_helpers.h"
#include "solver.h"

using namespace modhost::raven;

namespace {

constexpr const char* kSchemes[] = {"raven", "iraven", "fair"};

// Attributes in which two panels differ; a changed number stands for everything below it.
int changed_attributes(const Panel& a, const Panel& b, int components) {
  int changed = 0;
  for (size_t component = 0; component < static_cast<size_t>(components); ++component) {
    const Group& left = a.groups[component];
    const Group& right = b.groups[component];
    if (left.count != right.count) {
      ++changed;
      continue;
    }
    bool type = false;
    bool size = false;
    bool color = false;
    for (size_t e = 0; e < left.count; ++e) {
      type |= left.entities[e].type != right.entities[e].type;
      size |= left.entities[e].size != right.entities[e].size;
      color |= left.entities[e].color != right.entities[e].color;
    }
    changed += int{left.slot_mask() != right.slot_mask()} + int{type} + int{size} + int{color};
  }
  return changed;
}

// Chance that voting for the most frequent type, size and color finds the answer without a look at
// the matrix. For layouts with one entity per component.
double vote_without_context(const Problem& problem) {
  const auto components = static_cast<size_t>(info(problem.configuration).components);
  std::array<int, kCandidates> votes{};
  for (size_t mine = 0; mine < kCandidates; ++mine) {
    for (size_t other = 0; other < kCandidates; ++other) {
      for (size_t component = 0; component < components; ++component) {
        const Entity& a = problem.candidates[mine].groups[component].entities[0];
        const Entity& b = problem.candidates[other].groups[component].entities[0];
        votes[mine] += int{a.type == b.type} + int{a.size == b.size} + int{a.color == b.color};
      }
    }
  }
  const int best = *std::max_element(votes.begin(), votes.end());
  const auto ties = std::count(votes.begin(), votes.end(), best);
  const bool hit = votes[static_cast<size_t>(problem.target)] == best;
  return hit ? 1.0 / static_cast<double>(ties) : 0.0;
}

}  // namespace

TEST_CASE("the solver finds the answer of every problem", "[raven]") {
  for (const char* scheme : kSchemes) {
    const Generator generator(named_task_set(scheme));
    for (const Configuration configuration : all_configurations()) {
      const int all_rules = 4 * info(configuration).components;
      int solved = 0;
      for (uint64_t k = 0; k < 150; ++k) {
        const Problem problem = generator.generate(configuration, split_of_index(k), k, 77);
        const Solution solution = solve(problem);
        const bool right = solution.choice == problem.target && solution.unique &&
                           problem.predicted == problem.target;
        solved += right && solution.satisfied[static_cast<size_t>(problem.target)] == all_rules;
      }
      INFO(scheme << " " << info(configuration).folder);
      CHECK(solved == 150);
    }
  }
}

TEST_CASE("without strictness only repeated candidates defeat the solver", "[raven]") {
  for (const char* scheme : kSchemes) {
    TaskSet set = named_task_set(scheme);
    set.strict = false;  // then the generator does not consult the solver
    const Generator generator(set);
    for (const Configuration configuration : all_configurations()) {
      const FigurePlan plan(set, configuration);
      for (uint64_t k = 0; k < 100; ++k) {
        const Problem problem = generator.generate(configuration, split_of_index(k), k, 78);
        const Solution solution = solve(problem);
        const auto target = static_cast<size_t>(problem.target);
        INFO(scheme << " " << info(configuration).folder << " " << k);
        REQUIRE(solution.satisfied[target] == 4 * info(configuration).components);
        for (size_t other = 0; other < kCandidates; ++other) {
          if (other == target || solution.satisfied[other] < solution.satisfied[target]) continue;
          REQUIRE(plan.look(problem.candidates[other]) == plan.look(problem.candidates[target]));
        }
      }
    }
  }
}

TEST_CASE("strict candidates all look different", "[raven]") {
  std::vector<const char*> names;
  for (const NamedTaskSet& known : named_task_sets()) names.push_back(known.name);
  for (const char* name : names) {
    const Generator generator(named_task_set(name));
    const Renderer renderer(generator.task_set().values);
    for (const Configuration configuration : all_configurations()) {
      for (uint64_t k = 0; k < 12; ++k) {
        const auto image = draw(renderer, generator.generate(configuration, Split::train, k, 4));
        std::set<uint64_t> looks;
        for (size_t panel = kContextPanels; panel < kPanels; ++panel) {
          looks.insert(hash_bytes(image.data() + panel * kPanelPixels, kPanelPixels));
        }
        INFO(name << " " << info(configuration).folder << " " << k);
        CHECK(looks.size() == kCandidates);
      }
    }
  }
}

TEST_CASE("RAVEN distractors differ from the answer in exactly one attribute", "[raven]") {
  const Generator generator(named_task_set("raven"));
  for (const Configuration configuration : all_configurations()) {
    int checked = 0;
    for (uint64_t k = 0; k < 100; ++k) {
      const Problem problem = generator.generate(configuration, Split::train, k, 9);
      const Panel& answer = problem.candidates[static_cast<size_t>(problem.target)];
      for (size_t other = 0; other < kCandidates; ++other) {
        const bool correct = static_cast<int>(other) == problem.target;
        const int components = info(configuration).components;
        checked +=
            changed_attributes(answer, problem.candidates[other], components) == (correct ? 0 : 1);
        CHECK(problem.changes[other].count == (correct ? 0 : 1));
      }
    }
    INFO(info(configuration).folder);
    CHECK(checked == 100 * kCandidates);
  }
}

TEST_CASE("I-RAVEN changes each of three attributes in half of the candidates", "[raven]") {
  const Generator generator(named_task_set("iraven"));
  for (const Configuration configuration : all_configurations()) {
    int balanced = 0;
    int with_three = 0;
    for (uint64_t k = 0; k < 200; ++k) {
      const Problem problem = generator.generate(configuration, Split::train, k, 10);
      std::array<std::array<int, 6>, kMaxComponents> counts{};
      for (const ChangeList& changes : problem.changes) {
        for (size_t item = 0; item < changes.count; ++item) {
          const Change& change = changes.items[item];
          ++counts[change.component][static_cast<size_t>(change.attribute)];
        }
      }
      int attributes = 0;
      int halves = 0;
      for (const auto& component : counts) {
        for (const int count : component) {
          attributes += count > 0;
          halves += count == kCandidates / 2;
        }
      }
      REQUIRE(attributes <= 3);
      with_three += attributes == 3;
      balanced += attributes == 3 && halves == 3;
    }
    INFO(info(configuration).folder);
    CHECK(with_three > 100);
    CHECK(balanced == with_three);
  }
}

TEST_CASE("voting over the candidates solves RAVEN but not I-RAVEN", "[raven]") {
  // One entity per component, where the vote is well defined.
  const Configuration configuration = Configuration::left_center_single_right_center_single;
  constexpr int kProblems = 400;
  std::array<double, 3> accuracy{};
  for (size_t scheme = 0; scheme < accuracy.size(); ++scheme) {
    const Generator generator(single_set(kSchemes[scheme], configuration));
    for (uint64_t k = 0; k < kProblems; ++k) {
      accuracy[scheme] +=
          vote_without_context(generator.generate(configuration, Split::train, k, 11)) / kProblems;
    }
  }
  CHECK(accuracy[0] > 0.95);                          // RAVEN
  CHECK(accuracy[1] == Approx(0.125).epsilon(1e-9));  // I-RAVEN: an exact eight-way tie
  CHECK(accuracy[2] < accuracy[0] / 1.5);             // RAVEN-FAIR: in between
}

TEST_CASE("every place is equally often the target", "[raven]") {
  const Generator generator(single_set("iraven", Configuration::center_single));
  constexpr int kProblems = 4000;
  std::array<int, kCandidates> counts{};
  for (uint64_t k = 0; k < kProblems; ++k) {
    const Problem problem = generator.generate(Configuration::center_single, Split::train, k, 12);
    ++counts[static_cast<size_t>(problem.target)];
  }
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 500.0) * (count - 500.0) / 500.0;
  CHECK(chi_square < 29.9);  // 7 degrees of freedom: p = 1e-4
}
