#include "check_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "modhost/conformance/check.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "toml_options.h"

namespace modhost::core {
namespace {

using conformance::CheckFile;

constexpr uint64_t kLargestFile = 1 << 20;

class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  [[noreturn]] void refuse(const toml::source_position& at, const std::string& what,
                           const std::string& hint = "") const {
    throw Error(ErrorCode::config, fmt::format("{}:{}:{}: {}", name_, at.line, at.column, what),
                hint);
  }
  [[noreturn]] void refuse(const toml::node& node, const std::string& what,
                           const std::string& hint = "") const {
    refuse(node.source().begin, what, hint);
  }

  void expect_known(const toml::key& key, const std::vector<std::string>& known,
                    const std::string& what) const {
    const std::string name(key.str());
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    refuse(key.source().begin, fmt::format("unknown {} '{}'", what, name),
           did_you_mean(name, known));
  }

  const toml::table& table(const toml::node& node, const std::string& what) const {
    if (!node.is_table()) refuse(node, what + " must be a table");
    return *node.as_table();
  }

  std::string text(const toml::node& node, const std::string& what) const {
    const auto value = node.value_exact<std::string>();
    if (!value || value->find_first_not_of(" \t\r\n") == std::string::npos) {
      refuse(node, what + " must be a text that is not empty");
    }
    return *value;
  }

  const std::string& name() const { return name_; }

 private:
  const std::string& name_;
};

std::vector<std::string> check_ids() {
  std::vector<std::string> out;
  for (const conformance::Check& check : conformance::checks()) out.emplace_back(check.id);
  return out;
}

std::vector<std::string> limit_names() {
  std::vector<std::string> out;
  for (const conformance::Limit& limit : conformance::limits()) out.emplace_back(limit.name);
  return out;
}

void read_off(const Reader& reader, const toml::node& node, CheckFile& out) {
  for (const auto& [key, reason] : reader.table(node, "[off]")) {
    reader.expect_known(key, check_ids(), "check");
    const std::string id(key.str());
    out.off[id] = reader.text(reason, "the reason why '" + id + "' is off");
  }
}

void read_limits(const Reader& reader, const toml::node& node, CheckFile& out) {
  for (const auto& [key, value] : reader.table(node, "[limits]")) {
    reader.expect_known(key, limit_names(), "limit");
    const std::string name(key.str());
    const toml::table& table = reader.table(value, "limit '" + name + "'");
    for (const auto& [inner, ignored] : table) {
      reader.expect_known(inner, {"value", "reason"}, "key of limit '" + name + "':");
    }
    const toml::node* number = table.get("value");
    if (number == nullptr || !number->is_number()) {
      reader.refuse(value, "limit '" + name + "' needs a number 'value'");
    }
    if (table.get("reason") == nullptr) {
      reader.refuse(value, "limit '" + name + "' needs a 'reason'");
    }
    out.limits[name] = {*number->value<double>(), reader.text(*table.get("reason"), "'reason'")};
  }
}

std::vector<int64_t> sizes(const Reader& reader, const toml::node& node) {
  std::vector<int64_t> out;
  if (!node.is_array()) reader.refuse(node, "'input_shape' must be a list of sizes");
  for (const toml::node& element : *node.as_array()) {
    const auto size = element.value_exact<int64_t>();
    if (!size || *size < 1) reader.refuse(element, "a size must be a whole number above 0");
    out.push_back(*size);
  }
  return out;
}

CheckFile::Case read_case(const Reader& reader, const toml::node& node) {
  CheckFile::Case out;
  const toml::table& table = reader.table(node, "[[case]]");
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    reader.expect_known(key,
                        {"component", "options", "input", "output", "vocabulary", "model",
                         "dataset", "input_shape"},
                        "key of [[case]]:");
    if (name == "options") {
      out.options = option_table(reader.table(value, "'options'"), "options", reader.name());
    } else if (name == "input_shape") {
      out.input_shape = sizes(reader, value);
    } else if (name == "vocabulary") {
      out.vocabulary = sizes(reader, toml::array{value.value_or(int64_t{0})})[0];
    } else {
      const std::string text = reader.text(value, "'" + name + "'");
      (name == "component" ? out.component
       : name == "input"   ? out.input
       : name == "output"  ? out.output
       : name == "model"   ? out.model
                           : out.dataset) = text;
    }
  }
  if (out.component.empty()) reader.refuse(node, "[[case]] must name a 'component'");
  return out;
}

}  // namespace

CheckFile parse_check_file(std::string_view text, const std::string& name) {
  const Reader reader(name);
  CheckFile out;
  toml::table root;
  try {
    root = toml::parse(text, std::string_view(name));
  } catch (const toml::parse_error& error) {
    reader.refuse(error.source().begin, "no valid TOML: " + std::string(error.description()));
  }
  for (const auto& [key, node] : root) {
    reader.expect_known(key, {"off", "limits", "case"}, "section");
    if (key == "off") read_off(reader, node, out);
    if (key == "limits") read_limits(reader, node, out);
    if (key != "case") continue;
    if (!node.is_array()) reader.refuse(node, "a case is written [[case]]");
    for (const toml::node& one : *node.as_array()) out.cases.push_back(read_case(reader, one));
  }
  return out;
}

CheckFile read_check_file(const std::filesystem::path& folder) {
  const auto path = folder / conformance::kCheckFileName;
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) return {};
  return parse_check_file(read_file(path, kLargestFile), path.string());
}

}  // namespace modhost::core
