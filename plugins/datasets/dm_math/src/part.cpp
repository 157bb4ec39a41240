#include "part.h"

#include <modhost/error.h>

namespace modhost_dm_math {
namespace {

constexpr std::array<const char*, kParts.size()> kNames = {"easy", "medium", "hard", "interpolate",
                                                           "extrapolate"};

}  // namespace

std::string part_name(Part part) { return kNames[static_cast<size_t>(part)]; }

std::string folder_name(Part part) {
  return (part <= Part::hard ? "train-" : "") + part_name(part);
}

std::vector<std::string> part_names() { return {kNames.begin(), kNames.end()}; }

std::optional<Part> part_in_folder(std::string_view name) {
  for (const Part part : kParts) {
    if (folder_name(part) == name) return part;
  }
  return std::nullopt;
}

Part part_named(const std::string& name) {
  for (const Part part : kParts) {
    if (part_name(part) == name) return part;
  }
  throw modhost::Error(modhost::ErrorCode::config, "unknown part '" + name + "'",
                       modhost::did_you_mean(name, part_names()));
}

}  // namespace modhost_dm_math
