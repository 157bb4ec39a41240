#include "figure_plan.h"

#include "shape_geometry.h"

namespace modhost::raven {

FigurePlan::FigurePlan(const TaskSet& set, Configuration configuration)
    : configuration_(configuration), sizes_(set.values.sizes.size()) {
  const ConfigurationInfo& figure = info(configuration);
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    const ComponentLayout& layout = figure.component[component];
    const std::string where = "task set '" + set.name + "' in configuration '" + figure.folder +
                              "', component '" + layout.name + "'";
    ranges_.push_back(original_ranges(layout, set.values));
    tables_.emplace_back(ranges_.back(), set.rules, where);
    for (const Shape shape : set.values.types) {
      for (const double size : set.values.sizes) {
        drawn_size_[component].push_back(
            static_cast<uint8_t>(shape_reach(shape, layout.boxes[0], size)));
      }
    }
  }
  for (const Shape shape : set.values.types) drawn_type_.push_back(static_cast<uint8_t>(shape));
  for (const int color : set.values.colors) drawn_color_.push_back(static_cast<uint8_t>(color));
  const int container = set.values.container_color;
  container_color_ = container < 0 ? drawn_color_[0] : static_cast<uint8_t>(container);
}

RuleSet FigurePlan::draw_rules(RandomStream& random) const {
  RuleSet rules;
  for (size_t component = 0; component < tables_.size(); ++component) {
    rules[component] = tables_[component].draw(random);
  }
  return rules;
}

uint64_t FigurePlan::look(const Panel& panel) const {
  const ConfigurationInfo& figure = info(configuration_);
  uint64_t hash = static_cast<uint64_t>(configuration_);
  bool black_below = false;
  for (size_t component = 0; component < tables_.size(); ++component) {
    const Group& group = panel.groups[component];
    std::array<uint32_t, kMaxSlots> drawn{};  // by slot; the order of the entities is not visible
    for (int index = 0; index < group.count; ++index) {
      const Entity& entity = group.entities[static_cast<size_t>(index)];
      const size_t type = entity.type - 1u;
      const uint8_t color =
          figure.component[component].container ? container_color_ : drawn_color_[entity.color];
      if (black_below && color == 0) continue;  // black on black
      const uint32_t size = drawn_size_[component][type * sizes_ + entity.size];
      drawn[entity.slot] = 1u + (drawn_type_[type] | size << 8 | uint32_t{color} << 16);
      black_below = black_below || (figure.component[component].container && color == 0);
    }
    const int slots = figure.component[component].slots;
    for (int slot = 0; slot < slots; ++slot) {
      hash = hash_with(hash, drawn[static_cast<size_t>(slot)]);
    }
  }
  return hash;
}

uint64_t FigurePlan::look(const Matrix& matrix) const {
  uint64_t hash = static_cast<uint64_t>(configuration_);
  for (const Panel& panel : matrix) hash = hash_with(hash, look(panel));
  return hash;
}

}  // namespace modhost::raven
