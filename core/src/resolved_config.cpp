#include "resolved_config.h"

#include <fmt/format.h>

#include "hash.h"
#include "run_options.h"
#include "settings.h"

namespace modhost::core {
namespace {

constexpr const char* kHeader =
    "# The config of this run with all defaults written out.\n"
    "# The same run elsewhere: modhost --config config.toml --run.dir FOLDER\n";

bool always(const std::string&) { return true; }

std::string body(const ResolvedConfig& config, bool (*keep_run_key)(const std::string&)) {
  std::string text;
  for (const ResolvedSection& section : config) {
    const auto keep = section.section == "run" ? keep_run_key : always;
    text += fmt::format("\n[{}]\n", section.section);
    if (!section.component.empty()) {
      text += fmt::format("{} = \"{}\"\n", kNameKey, section.component);
    }
    for (const OptionBase* option : section.options->all()) {
      if (keep(option->name()))
        text += fmt::format("{} = {}\n", option->name(), option->value_text());
    }
  }
  return text;
}

}  // namespace

std::string resolved_text(const ResolvedConfig& config) { return kHeader + body(config, is_kept); }

std::string config_hash(const ResolvedConfig& config) {
  return hash_text(body(config, changes_results));
}

}  // namespace modhost::core
