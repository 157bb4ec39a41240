// The attributes of a RAVEN entity and the values that their levels stand for.
//
// A level is what the rules count with and what the XML files store; a value is what is drawn.
// Facts: Zhang, Gao, Jia, Zhu, Zhu, RAVEN, CVPR 2019.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace modhost::raven {

enum class Shape : uint8_t { triangle = 1, square, pentagon, hexagon, circle };
constexpr int kShapes = 5;
const char* shape_name(Shape shape);
// Error(config) with the nearest valid name for an unknown one.
Shape parse_shape(std::string_view name);

// What a rule or a change of a candidate acts on; number_position is the joint constant rule.
enum class Attribute : uint8_t { number, position, type, size, color, number_position };
// The spelling of the XML files: "Number", ..., "Number/Position".
const char* attribute_name(Attribute attribute);

// The values behind the levels of one task set. A shorter list is how a task set is made: rules
// that need more levels than a list has are pruned away.
struct ValueLists {
  std::vector<Shape> types = {Shape::triangle, Shape::square, Shape::pentagon, Shape::hexagon,
                              Shape::circle};                  // level 1, 2, ...
  std::vector<double> sizes = {0.4, 0.5, 0.6, 0.7, 0.8, 0.9};  // level 0, 1, ...; (0, 1]
  std::vector<int> colors = {255, 224, 196, 168, 140, 112, 84, 56, 28, 0};  // 255 white .. 0 black
  std::vector<double> angles = {-135, -90, -45, 0, 45, 90, 135, 180};       // degrees, noise
  // Grey value of the outer component of the two Out-In configurations; -1: the first colour, as
  // in the papers. A set that only has black needs a white container, or its content is invisible.
  int container_color = -1;

  bool operator==(const ValueLists& other) const;
  bool operator!=(const ValueLists& other) const { return !(*this == other); }
};

constexpr size_t kMaxValues = 32;  // levels per attribute

// Error(config) unless every list holds 1 to kMaxValues distinct values within their bounds.
void check_values(const ValueLists& values);

}  // namespace modhost::raven
