#include "json_line.h"

#include <nlohmann/json.hpp>

namespace modhost::core {

std::string json_line(const nlohmann::ordered_json& object) {
  using Json = nlohmann::ordered_json;
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace modhost::core
