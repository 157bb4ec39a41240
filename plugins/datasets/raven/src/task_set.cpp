#include "task_set.h"

#include "modhost/error.h"

namespace modhost::raven {

const std::vector<NamedTaskSet>& named_task_sets() {
  static const std::vector<NamedTaskSet> sets = {
      {"iraven", "all values, balanced candidates (I-RAVEN)"},
      {"raven", "all values, candidates one change away from the answer (RAVEN)"},
      {"fair", "all values, candidates grown as a random tree (RAVEN-FAIR)"},
      {"triangle", "I-RAVEN with triangles only"},
      {"square", "I-RAVEN with squares only"},
      {"pentagon", "I-RAVEN with pentagons only"},
      {"hexagon", "I-RAVEN with hexagons only"},
      {"circle", "I-RAVEN with circles only"},
      {"big", "I-RAVEN with the sizes 0.75, 0.80, 0.85 and 0.90 only"},
      {"dark", "I-RAVEN with black entities only; outer shapes stay white"},
      {"light", "I-RAVEN with white entities only"},
  };
  return sets;
}

TaskSet named_task_set(std::string_view name) {
  TaskSet set;
  set.name = std::string(name);
  if (name == "raven") set.scheme = AnswerScheme::raven;
  if (name == "fair") set.scheme = AnswerScheme::fair;
  if (name == "triangle") set.values.types = {Shape::triangle};
  if (name == "square") set.values.types = {Shape::square};
  if (name == "pentagon") set.values.types = {Shape::pentagon};
  if (name == "hexagon") set.values.types = {Shape::hexagon};
  if (name == "circle") set.values.types = {Shape::circle};
  if (name == "big") set.values.sizes = {0.75, 0.80, 0.85, 0.90};
  if (name == "light") set.values.colors = {255};
  if (name == "dark") {
    set.values.colors = {0};
    set.values.container_color = 255;
  }
  std::vector<std::string> names;
  for (const NamedTaskSet& known : named_task_sets()) {
    if (known.name == name) return set;
    names.push_back(known.name);
  }
  throw Error(ErrorCode::config,
              "task set '" + std::string(name) + "' is unknown, needed one of " + join(names),
              did_you_mean(name, names));
}

}  // namespace modhost::raven
