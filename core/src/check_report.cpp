#include "check_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "json_line.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "text_table.h"

namespace modhost::core {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kWidth = 100;
constexpr size_t kTextColumn = 33;
const char* const kResults[] = {"pass", "warn", "fail", "skip", "crash"};

bool is_bad(const std::string& result) { return result == "fail" || result == "crash"; }

// `text` after `head`, broken to the width, its later lines below the first.
std::string hanging(const std::string& head, const std::string& text) {
  std::string out = head;
  out.resize(std::max(head.size(), kTextColumn), ' ');
  const std::string indent = "\n" + std::string(kTextColumn, ' ');
  std::string lines;
  for (const std::string& line : broken_lines(text, kWidth - kTextColumn)) {
    if (!lines.empty()) lines += indent;
    lines += line;
  }
  out += lines;
  out.erase(out.find_last_not_of(' ') + 1);
  return out + "\n";
}

}  // namespace

CheckReport::CheckReport(std::ostream& out, bool json, std::string reproduce)
    : out_(out), json_(json), reproduce_(std::move(reproduce)) {}

void CheckReport::begin(const conformance::PluginFacts& facts, uint64_t seed,
                        const std::string& level) {
  if (json_) {
    out_ << json_line({{"event", "plugin"},
                       {"id", facts.id},
                       {"version", facts.version},
                       {"library", facts.library.string()},
                       {"seed", seed},
                       {"level", level}});
    return;
  }
  out_ << fmt::format("{} {}  {}\nseed {}, level {}\n", facts.id, facts.version,
                      facts.library.string(), seed, level);
}

void CheckReport::add(const CheckResult& result) {
  ++counts_[result.result];
  if (json_) {
    Json line = {
        {"event", "check"},        {"check", result.check}, {"component", result.component},
        {"result", result.result}, {"text", result.text},   {"seconds", result.seconds}};
    if (is_bad(result.result)) line["reproduce"] = reproduce_ + result.check;
    out_ << json_line(line);
  } else {
    add_line(result);
  }
  out_.flush();
}

void CheckReport::add_line(const CheckResult& result) {
  const std::string component = result.component.empty() ? "plugin" : result.component;
  if (component != component_) out_ << "\n" << component << "\n";
  component_ = component;
  out_ << hanging(fmt::format("  {:<6} {}", result.result, result.check), result.text);
  if (is_bad(result.result)) out_ << "         " << reproduce_ << result.check << "\n";
}

void CheckReport::add_absent(const std::string& kind) {
  absent_.push_back(kind);
  if (!json_) return;
  for (const conformance::Check& check : conformance::checks()) {
    if (to_string(check.scope) != kind) continue;
    out_ << json_line({{"event", "check"},
                       {"check", check.id},
                       {"component", ""},
                       {"result", "skip"},
                       {"text", "the plugin provides no " + kind},
                       {"seconds", 0}});
  }
}

void CheckReport::end(double seconds) {
  if (json_) {
    Json line = {{"event", "summary"}};
    for (const char* result : kResults) line[result] = count(result);
    line["seconds"] = seconds;
    out_ << json_line(line);
    return;
  }
  if (!absent_.empty()) {
    out_ << fmt::format("\nNot checked: the plugin provides no {}.\n", join(absent_, ", no "));
  }
  std::vector<std::string> parts;
  for (const auto& [result, word] : {std::pair{"pass", "passed"},
                                     {"warn", "warned"},
                                     {"fail", "failed"},
                                     {"crash", "crashed"},
                                     {"skip", "skipped"}}) {
    if (count(result) > 0) parts.push_back(fmt::format("{} {}", count(result), word));
  }
  out_ << fmt::format("\n{} in {:.1f} s\n", join(parts), seconds);
}

int CheckReport::count(const std::string& result) const {
  const auto found = counts_.find(result);
  return found == counts_.end() ? 0 : found->second;
}

std::string list_of_checks() {
  TextTable table({"check", "of", "passes when"});
  for (const conformance::Check& check : conformance::checks()) {
    const bool full = check.level == conformance::Level::full;
    table.add({check.id, to_string(check.scope),
               check.sentence + std::string(full ? " (--level full)" : "")});
  }
  TextTable limits({"limit", "value", "of what"});
  for (const conformance::Limit& limit : conformance::limits()) {
    limits.add({limit.name, fmt::format("{:g}", limit.value), limit.meaning});
  }
  return table.text() +
         "\nAn error is max|a-b| / (1 + max|b|), in float64 where nothing else is said.\n\n" +
         limits.text();
}

std::string list_of_checks_json() {
  Json json = {{"checks", Json::array()}, {"limits", Json::array()}};
  for (const conformance::Check& check : conformance::checks()) {
    json["checks"].push_back(
        {{"id", check.id},
         {"of", to_string(check.scope)},
         {"passes_when", check.sentence},
         {"level", check.level == conformance::Level::full ? "full" : "quick"}});
  }
  for (const conformance::Limit& limit : conformance::limits()) {
    json["limits"].push_back(
        {{"name", limit.name}, {"value", limit.value}, {"of_what", limit.meaning}});
  }
  return json_line(json);
}

}  // namespace modhost::core
