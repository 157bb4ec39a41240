#include "metadata.h"

#include <algorithm>

namespace modhost::raven {
namespace {

constexpr size_t kNumberColumn = 4;
constexpr size_t kPositionColumn = 5;

constexpr const char* kTokens[kMetaStructure] = {"Singleton",
                                                 "Left_Right",
                                                 "Up_Down",
                                                 "Out_In",
                                                 "Left",
                                                 "Right",
                                                 "Up",
                                                 "Down",
                                                 "Out",
                                                 "In",
                                                 "Grid",
                                                 "Center_Single",
                                                 "Distribute_Four",
                                                 "Distribute_Nine",
                                                 "Left_Center_Single",
                                                 "Right_Center_Single",
                                                 "Up_Center_Single",
                                                 "Down_Center_Single",
                                                 "Out_Center_Single",
                                                 "In_Center_Single",
                                                 "In_Distribute_Four"};

void mark_rule(const Rule& rule, uint8_t* row) {
  row[static_cast<size_t>(rule.kind)] = 1;
  if (rule.attribute == Attribute::number_position) {
    row[kNumberColumn] = 1;
    row[kPositionColumn] = 1;
  } else {
    row[kNumberColumn + static_cast<size_t>(rule.attribute)] = 1;
  }
}

}  // namespace

Metadata describe(Configuration configuration, const RuleSet& rules) {
  const ConfigurationInfo& figure = info(configuration);
  Metadata result;
  result.structure = {"Scene", figure.structure};
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    const ComponentLayout& layout = figure.component[component];
    result.structure.insert(result.structure.end(), {layout.name, layout.layout, "/", "/"});
    for (size_t rule = 0; rule < kRulesPerComponent; ++rule) {
      const size_t row = component * kRulesPerComponent + rule;
      mark_rule(rules[component][rule], &result.meta_matrix[row * kMetaColumns]);
    }
  }
  result.structure.insert(result.structure.end(), {"/", "/"});
  for (size_t cell = 0; cell < result.meta_matrix.size(); ++cell) {
    result.meta_target[cell % kMetaColumns] |= result.meta_matrix[cell];
  }
  for (size_t token = 0; token < kMetaStructure; ++token) {
    const auto& tokens = result.structure;
    const bool occurs = std::find(tokens.begin(), tokens.end(), kTokens[token]) != tokens.end();
    result.meta_structure[token] = occurs ? 1 : 0;
  }
  return result;
}

}  // namespace modhost::raven
