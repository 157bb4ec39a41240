// The arrays that official files store beside the image.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "problem.h"

namespace modhost::raven {

constexpr size_t kMetaRows = 8;
constexpr size_t kMetaColumns = 9;
constexpr size_t kMetaStructure = 21;

struct Metadata {
  // [8, 9]: a row per rule, four per component; columns Constant, Progression, Arithmetic,
  // Distribute_Three, Number, Position, Type, Size, Color.
  std::array<uint8_t, kMetaRows * kMetaColumns> meta_matrix{};
  std::array<uint8_t, kMetaColumns> meta_target{};       // the rows of meta_matrix, or-ed
  std::vector<std::string> structure;                    // tokens in pre-order, "/" closes one
  std::array<uint8_t, kMetaStructure> meta_structure{};  // which tokens occur
};

Metadata describe(Configuration configuration, const RuleSet& rules);

}  // namespace modhost::raven
