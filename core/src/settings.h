// What the owner of a run wrote, before any component has judged it: sections of keys, from config
// files and from the command line.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "modhost/option.h"

namespace modhost::core {

// By section: "model", "dataset", "method", "mask", "train", "run". In the first three the key
// "name" says which component is meant; every other key is an option.
using Settings = std::map<std::string, OptionTable>;

inline constexpr const char* kNameKey = "name";
inline constexpr const char* kCommandLine = "command line";

const std::vector<std::string>& section_names();
bool is_section(std::string_view name);

// Adds the keys of `stronger`, replacing those that are there already.
void merge(Settings& into, const Settings& stronger);

// Sets section.key to a text that its option will parse itself.
void set_text(Settings& settings, const std::string& section, const std::string& key,
              const std::string& text, const std::string& origin);

// The component that [section] names, or "" when it names none.
std::string component_name(const Settings& settings, const std::string& section);

// The options of [section]: everything but the name.
OptionTable options_of(const Settings& settings, const std::string& section);

// One line for each key that differs: "method.alpha (0.1 there, 0.2 here)".
std::vector<std::string> differences(const Settings& there, const Settings& here);

// "1", "'text'", "[1, 2]"
std::string value_text(const OptionValue& value);

}  // namespace modhost::core
