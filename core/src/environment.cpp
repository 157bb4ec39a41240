#include "environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "hash.h"
#include "modhost/error.h"
#include "run_options.h"

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;

Json to_object(const Environment::Entries& entries) {
  Json object = Json::object();
  for (const auto& [name, value] : entries) object[name] = value;
  return object;
}

Environment::Entries to_entries(const Json& object) {
  Environment::Entries entries;
  for (const auto& [name, value] : object.items()) {
    entries.emplace_back(name, value.get<std::string>());
  }
  return entries;
}

std::string value_of(const Environment::Entries& entries, const std::string& name) {
  for (const auto& [key, value] : entries) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

std::string Environment::fingerprint() const {
  std::string text;
  for (const auto& [name, value] : builds) text += name + "=" + value + "\n";
  return hash_text(text);
}

int Environment::threads() const {
  const std::string text = value_of(machine, kThreadsKey);
  int number = 0;
  const auto end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  const bool usable = failure == std::errc() && stop == end && number > 0 && number <= kMostThreads;
  return usable ? number : 0;
}

std::string to_json(const Environment& environment) {
  Json root;
  root["modhost_run"] = 1;  // the version of this layout
  root["command"] = environment.command;
  root["config_hash"] = environment.config_hash;
  root["fingerprint"] = environment.fingerprint();
  root["builds"] = to_object(environment.builds);
  root["machine"] = to_object(environment.machine);
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Environment parse_environment(const std::string& text, const std::string& name) {
  try {
    const Json root = Json::parse(text);
    check(root.at("modhost_run").get<int>() == 1, ErrorCode::data,
          fmt::format("'{}' was written by another version of modhost", name));
    Environment out;
    out.command = root.at("command").get<std::string>();
    out.config_hash = root.at("config_hash").get<std::string>();
    out.builds = to_entries(root.at("builds"));
    out.machine = to_entries(root.at("machine"));
    return out;
  } catch (const Json::exception&) {
    throw Error(ErrorCode::data, fmt::format("'{}' is damaged or not of modhost", name));
  }
}

std::vector<std::string> build_differences(const Environment& there, const Environment& here) {
  std::vector<std::string> lines;
  const auto compare = [&](const std::string& name) {
    const std::string was = value_of(there.builds, name);
    const std::string is = value_of(here.builds, name);
    if (was == is) return;
    lines.push_back(fmt::format("{} was {}, is {}", name, was.empty() ? "not used" : was,
                                is.empty() ? "not used" : is));
  };
  for (const auto& entry : there.builds) compare(entry.first);
  for (const auto& entry : here.builds) {
    if (value_of(there.builds, entry.first).empty()) compare(entry.first);
  }
  return lines;
}

std::string cpu_text() {
  std::string model = "unknown CPU";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, 10, "model name") != 0) continue;
    model = line.substr(std::min(line.find(':') + 2, line.size()));
    break;
  }
  return fmt::format("{}, {} cores", model, std::thread::hardware_concurrency());
}

std::string time_text() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

}  // namespace modhost::core
