#include "json_progress.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "json_line.h"

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;

void put(const Json& event) {
  const std::string line = json_line(event);
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

void JsonProgress::begin(const std::string& stage, int64_t total, const std::string& unit,
                         int64_t done) {
  stage_ = stage;
  last_ = std::chrono::steady_clock::now();
  put({{"event", "begin"}, {"stage", stage}, {"total", total}, {"unit", unit}, {"done", done}});
}

void JsonProgress::update(int64_t done, const modhost::Numbers& numbers) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::seconds(1)) return;
  last_ = now;
  Json shown = Json::object();
  for (const auto& [name, value] : numbers) shown[name] = value;
  put({{"event", "update"}, {"stage", stage_}, {"done", done}, {"numbers", shown}});
}

void JsonProgress::end(const std::string& summary) {
  put({{"event", "end"}, {"stage", stage_}, {"summary", summary}});
}

}  // namespace modhost::core
