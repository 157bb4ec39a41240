// The five parts that the published collection has of each module.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modhost_dm_math {

// In the order in which repeated questions are dropped: the first one stays.
enum class Part { easy, medium, hard, interpolate, extrapolate };

constexpr std::array<Part, 5> kParts = {Part::easy, Part::medium, Part::hard, Part::interpolate,
                                        Part::extrapolate};
constexpr std::array<Part, 3> kDifficulties = {Part::easy, Part::medium, Part::hard};

// One thing for each part.
template <typename T>
struct PerPart {
  std::array<T, kParts.size()> all{};
  T& operator[](Part part) { return all[static_cast<size_t>(part)]; }
  const T& operator[](Part part) const { return all[static_cast<size_t>(part)]; }
};

std::string folder_name(Part part);  // "train-easy", "interpolate"
std::string part_name(Part part);    // "easy", "interpolate"
std::vector<std::string> part_names();
std::optional<Part> part_in_folder(std::string_view folder_name);
// `name` is one of part_names().
Part part_named(const std::string& name);

}  // namespace modhost_dm_math
