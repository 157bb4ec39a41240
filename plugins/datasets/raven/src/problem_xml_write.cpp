#include <cstdio>
#include <pugixml.hpp>

#include "problem_xml.h"

namespace modhost::raven {
namespace {

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.10g", value);
  return text;
}

template <typename List, typename ToText>
std::string list_text(const List& list, const char* separator, ToText to_text) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : separator) + to_text(item);
  return text;
}

std::string box_text(const Box& box) {
  const std::array<double, 4> parts = {box.row, box.column, box.width, box.height};
  return "[" + list_text(parts, ", ", number_text) + "]";
}

void append_values(pugi::xml_node data, const ValueLists& values) {
  const ValueLists standard;
  if (values == standard) return;
  const auto integer = [](int value) { return std::to_string(value); };
  const auto shape = [](Shape value) { return std::string(shape_name(value)); };
  data.append_attribute("types") = list_text(values.types, ",", shape).c_str();
  data.append_attribute("sizes") = list_text(values.sizes, ",", number_text).c_str();
  data.append_attribute("colors") = list_text(values.colors, ",", integer).c_str();
  data.append_attribute("angles") = list_text(values.angles, ",", number_text).c_str();
  data.append_attribute("container_color") = values.container_color;
}

void append_entity(pugi::xml_node parent, const ComponentLayout& layout, const Entity& entity,
                   const Renderer& renderer) {
  const ValueLists& values = renderer.values();
  const Box& box = layout.boxes[entity.slot];
  const auto real = real_box(values.types[entity.type - 1u], box, values.sizes[entity.size],
                             values.angles[entity.angle]);
  const auto integer = [](int value) { return std::to_string(value); };
  const std::string mask = list_text(renderer.mask(layout, entity), ",", integer);
  pugi::xml_node node = parent.append_child("Entity");
  node.append_attribute("bbox") = box_text(box).c_str();
  node.append_attribute("real_bbox") = ("[" + list_text(real, ", ", number_text) + "]").c_str();
  node.append_attribute("mask") = ("[" + mask + "]").c_str();
  node.append_attribute("Type") = static_cast<int>(entity.type);
  node.append_attribute("Size") = static_cast<int>(entity.size);
  node.append_attribute("Color") = static_cast<int>(entity.color);
  node.append_attribute("Angle") = static_cast<int>(entity.angle);
}

void append_panel(pugi::xml_node parent, const ConfigurationInfo& figure, const Panel& panel,
                  const Renderer& renderer) {
  pugi::xml_node structure = parent.append_child("Panel").append_child("Struct");
  structure.append_attribute("name") = figure.structure;
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    const ComponentLayout& layout = figure.component[component];
    const Group& group = panel.groups[component];
    pugi::xml_node node = structure.append_child("Component");
    node.append_attribute("id") = static_cast<unsigned>(component);
    node.append_attribute("name") = layout.name;
    pugi::xml_node child = node.append_child("Layout");
    child.append_attribute("name") = layout.layout;
    child.append_attribute("Number") = group.count - 1;
    std::string slots;
    for (size_t slot = 0; slot < static_cast<size_t>(layout.slots); ++slot) {
      slots += (slot == 0 ? "" : ", ") + box_text(layout.boxes[slot]);
    }
    child.append_attribute("Position") = ("[" + slots + "]").c_str();
    child.append_attribute("Uniformity") = static_cast<int>(group.uniformity);
    for (size_t entity = 0; entity < group.count; ++entity) {
      append_entity(child, layout, group.entities[entity], renderer);
    }
  }
}

void append_rules(pugi::xml_node data, const ConfigurationInfo& figure, const RuleSet& rules) {
  pugi::xml_node parent = data.append_child("Rules");
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    pugi::xml_node group = parent.append_child("Rule_Group");
    group.append_attribute("id") = static_cast<unsigned>(component);
    for (const Rule& rule : rules[component]) {
      pugi::xml_node node = group.append_child("Rule");
      node.append_attribute("name") = rule_name(rule.kind);
      node.append_attribute("attr") = attribute_name(rule.attribute);
    }
  }
}

void append_changes(pugi::xml_node data, const Problem& problem) {
  pugi::xml_node parent = data.append_child("Modified_attributes");
  for (size_t candidate = 0; candidate < kCandidates; ++candidate) {
    pugi::xml_node node = parent.append_child("Candidate");
    node.append_attribute("id") = static_cast<unsigned>(candidate);
    const ChangeList& changes = problem.changes[candidate];
    for (size_t item = 0; item < changes.count; ++item) {
      pugi::xml_node change = node.append_child("Attribute");
      change.append_attribute("component_id") = static_cast<int>(changes.items[item].component);
      change.append_attribute("name") = attribute_name(changes.items[item].attribute);
    }
  }
}

struct StringWriter : pugi::xml_writer {
  std::string text;
  void write(const void* data, size_t size) override {
    text.append(static_cast<const char*>(data), size);
  }
};

// The official files have a space before each "/>"; within values ">" is always escaped.
std::string with_spaces(const std::string& xml) {
  std::string text;
  text.reserve(xml.size() + xml.size() / 64);
  for (const char c : xml) {
    if (c == '>' && !text.empty() && text.back() == '/') text.insert(text.size() - 1, 1, ' ');
    text += c;
  }
  return text;
}

}  // namespace

std::string format_problem_xml(const Problem& problem, const Renderer& renderer) {
  const ConfigurationInfo& figure = info(problem.configuration);
  pugi::xml_document document;
  pugi::xml_node data = document.append_child("Data");
  append_values(data, renderer.values());
  pugi::xml_node panels = data.append_child("Panels");
  for (int index = 0; index < kPanels; ++index) {
    append_panel(panels, figure, problem.panel(index), renderer);
  }
  append_rules(data, figure, problem.rules);
  if (problem.scheme != AnswerScheme::raven) append_changes(data, problem);
  StringWriter writer;
  document.save(writer, "", pugi::format_raw | pugi::format_no_declaration);
  return with_spaces(writer.text);
}

}  // namespace modhost::raven
