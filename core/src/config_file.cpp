#include "config_file.h"

#include <fmt/format.h>

#include <utility>

#include "modhost/error.h"
#include "modhost/files.h"
#include "toml_options.h"

namespace modhost::core {
namespace {

constexpr uint64_t kLargestConfig = uint64_t{1} << 22;

std::string place(const std::string& name, const toml::source_position& position) {
  return fmt::format("{}:{}:{}", name, position.line, position.column);
}

std::string text_of(const toml::key& key) { return std::string(key.str()); }

[[noreturn]] void refuse_stray(const toml::key& key, const toml::node& node,
                               const std::string& name) {
  const std::string text = text_of(key);
  const std::string where = place(name, key.source().begin);
  if (is_section(text)) {
    throw Error(ErrorCode::config, fmt::format("{}: '{}' is a section, not a key", where, text),
                fmt::format("write [{}] and below it its options", text));
  }
  throw Error(ErrorCode::config,
              fmt::format("{}: unknown {} '{}'; a config has the sections {}", where,
                          node.is_table() ? "section" : "key outside of all sections", text,
                          join(section_names())),
              did_you_mean(text, section_names()));
}

Settings convert(const toml::table& root, const std::string& name) {
  Settings settings;
  for (const auto& [key, node] : root) {
    const toml::table* section = node.as_table();
    const std::string section_name = text_of(key);
    if (section == nullptr || !is_section(section_name)) refuse_stray(key, node, name);
    settings[section_name] = option_table(*section, section_name, name);
  }
  return settings;
}

// toml++ speaks of "Error while parsing ...:"; one line, without its capital.
std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  while (!out.empty() && out.back() == '.') out.pop_back();
  return out;
}

}  // namespace

Settings parse_config(std::string_view text, const std::string& name) {
  try {
    return convert(toml::parse(text), name);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorCode::config,
                fmt::format("{}: this is no TOML: {}", place(name, error.source().begin),
                            one_line(error.description())));
  } catch (const UnexpectedToml& error) {
    throw Error(ErrorCode::config, fmt::format("{}: this is no TOML: {}", name, error.what()));
  }
}

Settings read_config(const std::filesystem::path& path) {
  std::string text;
  try {
    text = read_file(path, kLargestConfig);
  } catch (const Error& error) {
    throw Error(ErrorCode::config, fmt::format("config file: {}", error.what()), error.hint());
  }
  return parse_config(text, path.string());
}

}  // namespace modhost::core
