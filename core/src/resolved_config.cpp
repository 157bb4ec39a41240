#include "resolved_config.h"

#include <fmt/format.h>

#include "hash.h"
#include "model_weights.h"
#include "run_options.h"
#include "settings.h"

namespace modhost::core {
namespace {

constexpr const char* kHeader =
    "# The config of this run with all defaults written out.\n"
    "# The same run elsewhere: modhost --config config.toml --run.dir FOLDER\n";

bool kept(const std::string& section, const std::string& key) {
  return section != "run" || is_kept(key);
}

std::string body(const ResolvedConfig& config,
                 bool (*keep)(const std::string& section, const std::string& key)) {
  std::string text;
  for (const ResolvedSection& section : config) {
    text += fmt::format("\n[{}]\n", section.section);
    if (!section.component.empty()) {
      text += fmt::format("{} = \"{}\"\n", kNameKey, section.component);
    }
    for (const OptionBase* option : section.options->all()) {
      if (keep(section.section, option->name()))
        text += fmt::format("{} = {}\n", option->name(), option->value_text());
    }
  }
  return text;
}

}  // namespace

bool counts(const std::string& section, const std::string& key) {
  if (section == "model") return !is_weights_path(key);
  if (section == "dataset") return key != "download";
  return section != "run" || changes_results(key);
}

std::string resolved_text(const ResolvedConfig& config) { return kHeader + body(config, kept); }

std::string config_hash(const ResolvedConfig& config) { return hash_text(body(config, counts)); }

}  // namespace modhost::core
