#include <cmath>
#include <cstdlib>
#include <pugixml.hpp>

#include "modhost/error.h"
#include "problem_xml.h"
#include "solver.h"

namespace modhost::raven {
namespace {

constexpr size_t kMaxXml = size_t{16} << 20;

// Parses one description; every refusal names the file.
class Reader {
 public:
  explicit Reader(const std::string& where) : where_(where) {}

  ParsedProblem read(const pugi::xml_node& data) {
    read_values(data);
    check_values(result_.values);
    int panels = 0;
    for (const pugi::xml_node panel : data.child("Panels").children("Panel")) {
      if (panels >= kPanels) fail("has more than 16 panels");
      read_panel(panel.child("Struct"), panels++);
    }
    if (panels != kPanels) fail("has " + std::to_string(panels) + " panels, needed 16");
    read_rules(data.child("Rules"));
    read_changes(data.child("Modified_attributes"));
    infer_rule_values(result_.problem);
    result_.problem.predicted = solve(result_.problem).choice;
    result_.problem.target = result_.problem.predicted;
    return std::move(result_);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::data, "cannot read '" + where_ + "': " + what);
  }

 private:
  int level(const pugi::xml_node& node, const char* name, int low, int high) const {
    const int value = node.attribute(name).as_int(low - 1);
    if (value >= low && value <= high) return value;
    fail("'" + std::string(name) + "' of <" + node.name() + "> is '" +
         node.attribute(name).value() + "', needed " + std::to_string(low) + " to " +
         std::to_string(high));
  }

  // The numbers of a text, whatever separates them.
  std::vector<double> numbers(const char* text) const {
    std::vector<double> result;
    while (*text != '\0') {
      char* end = nullptr;
      const double value = std::strtod(text, &end);
      if (end != text) {
        result.push_back(value);
        text = end;
      } else {
        ++text;
      }
      if (result.size() > 64) fail("a list of numbers is too long");
    }
    return result;
  }

  void read_values(const pugi::xml_node& data) {
    ValueLists& values = result_.values;
    if (const auto types = data.attribute("types")) {
      values.types.clear();
      std::string list = types.value();
      for (size_t start = 0; start <= list.size();) {
        const size_t end = std::min(list.find(',', start), list.size());
        values.types.push_back(parse_shape(list.substr(start, end - start)));
        start = end + 1;
      }
    }
    if (const auto sizes = data.attribute("sizes")) values.sizes = numbers(sizes.value());
    if (const auto angles = data.attribute("angles")) values.angles = numbers(angles.value());
    if (const auto colors = data.attribute("colors")) {
      values.colors.clear();
      for (const double color : numbers(colors.value())) {
        if (!(color >= 0 && color <= 255)) fail("a color is not within 0 to 255");
        values.colors.push_back(static_cast<int>(color));
      }
    }
    values.container_color = data.attribute("container_color").as_int(-1);
  }

  void read_panel(const pugi::xml_node& structure, int index) {
    if (index == 0) result_.problem.configuration = find_configuration(structure);
    const ConfigurationInfo& figure = info(result_.problem.configuration);
    Panel panel;
    size_t component = 0;
    for (const pugi::xml_node node : structure.children("Component")) {
      if (component >= static_cast<size_t>(figure.components)) fail("has too many components");
      read_group(node.child("Layout"), figure.component[component], panel.groups[component]);
      ++component;
    }
    if (component != static_cast<size_t>(figure.components)) fail("lacks a component");
    Problem& problem = result_.problem;
    const auto place = static_cast<size_t>(index);
    (index < kContextPanels ? problem.context[place] : problem.candidates[place - kContextPanels]) =
        panel;
  }

  Configuration find_configuration(const pugi::xml_node& structure) const {
    const std::string name = structure.attribute("name").value();
    for (const Configuration configuration : all_configurations()) {
      const ConfigurationInfo& figure = info(configuration);
      size_t matched = 0;
      for (const pugi::xml_node node : structure.children("Component")) {
        if (matched >= static_cast<size_t>(figure.components)) break;
        const std::string layout = node.child("Layout").attribute("name").value();
        if (layout != figure.component[matched].layout) break;
        ++matched;
      }
      if (name == figure.structure && matched == static_cast<size_t>(figure.components)) {
        return configuration;
      }
    }
    fail("structure '" + name.substr(0, 40) + "' is none of the seven configurations");
  }

  void read_group(const pugi::xml_node& node, const ComponentLayout& layout, Group& group) {
    if (std::string(node.attribute("name").value()) != layout.layout) {
      fail("a panel has another layout than the first one");
    }
    const int count = level(node, "Number", 0, layout.slots - 1) + 1;
    group.uniformity = static_cast<uint8_t>(level(node, "Uniformity", 0, kUniformLevel));
    for (const pugi::xml_node child : node.children("Entity")) {
      if (group.count >= count) fail("a layout has more entities than its 'Number' says");
      read_entity(child, layout, group.entities[group.count++]);
    }
    if (group.count != count) fail("a layout has fewer entities than its 'Number' says");
    if (__builtin_popcount(group.slot_mask()) != count) fail("two entities share a slot");
  }

  void read_entity(const pugi::xml_node& node, const ComponentLayout& layout, Entity& entity) {
    const ValueLists& values = result_.values;
    const auto last = [](size_t count) { return static_cast<int>(count) - 1; };
    entity.type =
        static_cast<uint8_t>(level(node, "Type", 1, static_cast<int>(values.types.size())));
    entity.size = static_cast<uint8_t>(level(node, "Size", 0, last(values.sizes.size())));
    entity.color = static_cast<uint8_t>(level(node, "Color", 0, last(values.colors.size())));
    entity.angle = static_cast<uint8_t>(level(node, "Angle", 0, last(values.angles.size())));
    const std::vector<double> box = numbers(node.attribute("bbox").value());
    for (size_t slot = 0; slot < static_cast<size_t>(layout.slots) && box.size() == 4; ++slot) {
      if (std::abs(box[0] - layout.boxes[slot].row) < 1e-6 &&
          std::abs(box[1] - layout.boxes[slot].column) < 1e-6) {
        entity.slot = static_cast<uint8_t>(slot);
        return;
      }
    }
    fail("'bbox' of an entity is no slot of layout '" + std::string(layout.layout) + "'");
  }

  Attribute attribute(const pugi::xml_node& node, const char* name) const {
    for (int index = 0; index <= static_cast<int>(Attribute::number_position); ++index) {
      const auto known = static_cast<Attribute>(index);
      if (std::string(node.attribute(name).value()) == attribute_name(known)) return known;
    }
    fail("attribute '" + std::string(node.attribute(name).value()).substr(0, 40) + "' is unknown");
  }

  void read_rules(const pugi::xml_node& parent) {
    const ConfigurationInfo& figure = info(result_.problem.configuration);
    size_t component = 0;
    for (const pugi::xml_node group : parent.children("Rule_Group")) {
      if (component >= static_cast<size_t>(figure.components)) fail("has too many rule groups");
      size_t index = 0;
      for (const pugi::xml_node node : group.children("Rule")) {
        if (index >= kRulesPerComponent) fail("a rule group has more than four rules");
        result_.problem.rules[component][index] = read_rule(node, index);
        ++index;
      }
      if (index != kRulesPerComponent) fail("a rule group has fewer than four rules");
      ++component;
    }
    if (component != static_cast<size_t>(figure.components)) fail("lacks a rule group");
  }

  Rule read_rule(const pugi::xml_node& node, size_t index) const {
    Rule rule;
    rule.attribute = attribute(node, "attr");
    const Attribute expected[] = {rule.attribute, Attribute::type, Attribute::size,
                                  Attribute::color};
    const bool first = rule.attribute == Attribute::number ||
                       rule.attribute == Attribute::position ||
                       rule.attribute == Attribute::number_position;
    if (first != (index == 0) || rule.attribute != expected[index]) {
      fail("the rules are not in the order Number or Position, Type, Size, Color");
    }
    const std::string name = node.attribute("name").value();
    for (const RuleKind kind : {RuleKind::constant, RuleKind::progression, RuleKind::arithmetic,
                                RuleKind::distribute_three}) {
      rule.kind = kind;
      if (name == rule_name(kind)) return rule;
    }
    fail("rule '" + name.substr(0, 40) + "' is unknown");
  }

  void read_changes(const pugi::xml_node& parent) {
    Problem& problem = result_.problem;
    problem.scheme = parent ? AnswerScheme::iraven : AnswerScheme::raven;
    for (const pugi::xml_node node : parent.children("Candidate")) {
      const auto candidate = static_cast<size_t>(level(node, "id", 0, kCandidates - 1));
      for (const pugi::xml_node child : node.children("Attribute")) {
        if (problem.changes[candidate].count >= problem.changes[candidate].items.size()) {
          fail("a candidate has too many changes");
        }
        const int component = level(child, "component_id", 0, kMaxComponents - 1);
        problem.changes[candidate].add({static_cast<uint8_t>(component), attribute(child, "name")});
      }
    }
  }

  const std::string& where_;
  ParsedProblem result_;
};

}  // namespace

ParsedProblem parse_problem_xml(std::string_view xml, const std::string& where) {
  Reader reader(where);
  if (xml.size() > kMaxXml) reader.fail("the description is larger than 16 MB");
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) reader.fail("no valid XML (" + std::string(parsed.description()) + ")");
  return reader.read(document.child("Data"));
}

}  // namespace modhost::raven
