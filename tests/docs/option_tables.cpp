// Writes tables of the READMEs in a folder: the options of plugins, and what plugins are checked
// for.
//   option_tables PLUGIN_FOLDER SOURCE_FOLDER          rewrites them
//   option_tables PLUGIN_FOLDER SOURCE_FOLDER --check  exit code 1 when one is out of date
// They stand between "<!-- options: KIND NAME -->" and "<!-- /options -->", and between
// "<!-- checks -->" and "<!-- /checks -->".
#include <fmt/format.h>
#include <modhost/conformance/check.h>
#include <modhost/conformance/limits.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/weights_options.h>

#include <filesystem>
#include <iostream>

#include "catalog.h"
#include "manifest.h"
#include "plugin_source.h"

namespace {

using namespace modhost;
namespace fs = std::filesystem;

constexpr const char* kEnd = "<!-- /options -->";
constexpr const char* kChecks = "<!-- checks -->";
constexpr const char* kChecksEnd = "<!-- /checks -->";

ComponentKind kind_named(const std::string& name) {
  for (const ComponentKind kind : core::component_kinds()) {
    if (to_string(kind) == name) return kind;
  }
  throw Error(ErrorCode::usage, "no kind of component is called '" + name + "'");
}

std::string escaped(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

std::string option_table(const Component& component) {
  const std::string section = to_string(component.kind);
  std::string out = "| option | default | meaning |\n| --- | --- | --- |\n";
  const auto options = component.make_options();
  const auto* of_every_model = options->adopted<WeightsOptions>();
  for (const OptionBase* option : options->all()) {
    if (of_every_model != nullptr && of_every_model->find(option->name()) != nullptr) continue;
    std::string meaning = option->help() + " (" + option->type_text();
    if (!option->allowed_text().empty()) meaning += "; " + option->allowed_text();
    meaning += ")";
    if (!option->reference().empty()) meaning += " [" + option->reference() + "]";
    out += "| `" + section + "." + option->name() + "` | `" + option->default_text() + "` | " +
           escaped(meaning) + " |\n";
  }
  for (const auto& [key, value] : component.suggestions) {
    out += "\nSuggests `" + key + " = " + value + "`.";
  }
  return component.suggestions.empty() ? out : out + "\n";
}

std::string check_tables() {
  std::string out = "| check | passes when | of |\n| --- | --- | --- |\n";
  for (const conformance::Check& one : conformance::checks()) {
    const bool full = one.level == conformance::Level::full;
    out += fmt::format("| `{}` | {} | {}{} |\n", one.id, escaped(one.sentence),
                       to_string(one.scope), full ? ", `--level full`" : "");
  }
  out += "\n| limit | value | of what |\n| --- | --- | --- |\n";
  for (const conformance::Limit& limit : conformance::limits()) {
    out += fmt::format("| `{}` | {:g} | {} |\n", limit.name, limit.value, escaped(limit.meaning));
  }
  return out;
}

// The text with the tables of the checks, if it has any, written anew.
std::string with_checks(const std::string& text) {
  const size_t begin = text.find(kChecks);
  if (begin == std::string::npos) return text;
  const size_t table = begin + std::string(kChecks).size(), end = text.find(kChecksEnd, begin);
  check(end != std::string::npos, ErrorCode::data, "a table of checks has no end");
  return text.substr(0, table) + "\n" + check_tables() + text.substr(end);
}

// The text with every table of options written anew.
std::string with_options(const std::string& text, core::PluginSource& source) {
  const std::string begin = "<!-- options: ";
  std::string out = text;
  for (size_t at = 0; (at = out.find(begin, at)) != std::string::npos;) {
    const size_t name_at = at + begin.size();
    const size_t head_end = out.find(" -->", name_at);
    const size_t space = out.find(' ', name_at);
    const size_t end = out.find(kEnd, at);
    check(head_end != std::string::npos && space < head_end && end != std::string::npos,
          ErrorCode::data, "a table of options has no end");
    const Component& component = source.get(kind_named(out.substr(name_at, space - name_at)),
                                            out.substr(space + 1, head_end - space - 1));
    const size_t table_at = head_end + 4;
    out.replace(table_at, end - table_at, "\n" + option_table(component));
    at = out.find(kEnd, at);
  }
  return out;
}

int run(const fs::path& plugins, const fs::path& root, bool only_check) {
  core::PluginSource source(core::open_catalog({plugins}));
  int stale = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() != "README.md") continue;
    const std::string before = read_file(entry.path());
    const std::string after = with_checks(with_options(before, source));
    if (before == after) continue;
    ++stale;
    std::cout << (only_check ? "out of date, run make docs: " : "written: ")
              << entry.path().string() << "\n";
    if (!only_check) write_file_atomically(entry.path(), after);
  }
  return only_check && stale > 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: option_tables PLUGIN_FOLDER SOURCE_FOLDER [--check]\n";
    return 2;
  }
  try {
    return run(arguments[1], arguments[2], count > 3);
  } catch (const Error& error) {
    std::cerr << error.full() << "\n";
    return 1;
  }
}
