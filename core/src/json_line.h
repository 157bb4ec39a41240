// What --json writes: one JSON object a line.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace modhost::core {

// With the line end. Bytes that are no UTF-8 (a path may hold any) are replaced.
std::string json_line(const nlohmann::ordered_json& object);

}  // namespace modhost::core
