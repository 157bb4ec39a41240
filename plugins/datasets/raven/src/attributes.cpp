#include "attributes.h"

#include <algorithm>

#include "modhost/error.h"

namespace modhost::raven {
namespace {

constexpr const char* kShapeNames[] = {"triangle", "square", "pentagon", "hexagon", "circle"};
constexpr const char* kAttributeNames[] = {"Number", "Position", "Type",
                                           "Size",   "Color",    "Number/Position"};

template <typename T>
void check_list(const std::string& name, const std::vector<T>& list, double low, double high,
                const std::string& bounds) {
  if (list.empty() || list.size() > kMaxValues) {
    throw Error(ErrorCode::config, "option '" + name + "' has " + std::to_string(list.size()) +
                                       " values, needed 1 to " + std::to_string(kMaxValues));
  }
  for (auto value = list.begin(); value != list.end(); ++value) {
    const double number = static_cast<double>(*value);
    if (!(number >= low && number <= high)) {
      throw Error(ErrorCode::config,
                  "option '" + name + "' holds " + std::to_string(number) + ", needed " + bounds);
    }
    if (std::find(list.begin(), value, *value) != value) {
      throw Error(ErrorCode::config,
                  "option '" + name + "' holds " + std::to_string(number) + " twice");
    }
  }
}

}  // namespace

const char* shape_name(Shape shape) { return kShapeNames[static_cast<int>(shape) - 1]; }

Shape parse_shape(std::string_view name) {
  std::vector<std::string> names(std::begin(kShapeNames), std::end(kShapeNames));
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw Error(ErrorCode::config,
                "shape '" + std::string(name) + "' is unknown, needed one of " + join(names),
                did_you_mean(name, names));
  }
  return static_cast<Shape>(found - names.begin() + 1);
}

const char* attribute_name(Attribute attribute) {
  return kAttributeNames[static_cast<int>(attribute)];
}

bool ValueLists::operator==(const ValueLists& other) const {
  return types == other.types && sizes == other.sizes && colors == other.colors &&
         angles == other.angles && container_color == other.container_color;
}

void check_values(const ValueLists& values) {
  std::vector<int> types;
  for (const Shape shape : values.types) types.push_back(static_cast<int>(shape));
  check_list("types", types, 1, kShapes, "a shape");
  check_list("sizes", values.sizes, 0.05, 1.0, "0.05 to 1");
  check_list("colors", values.colors, 0, 255, "0 (black) to 255 (white)");
  check_list("angles", values.angles, -360, 360, "-360 to 360 degrees");
  check_list("container_color", std::vector<int>{values.container_color}, -1, 255, "-1 to 255");
}

}  // namespace modhost::raven
