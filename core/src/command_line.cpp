#include "command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <utility>

#include "modhost/error.h"
#include "plugin_command_line.h"
#include "run_options.h"

namespace modhost::core {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

const Words& commands() {
  static const Words names = {"run",     "resume",  "list",   "info",  "data",
                              "inspect", "convert", "tables", "plugin"};
  return names;
}

po::options_description flags() {
  constexpr unsigned kLineLength = 96;
  po::options_description out("flags", kLineLength, kLineLength / 2);
  auto add = out.add_options();
  add("method", po::value<std::string>()->value_name("NAME"),
      "the method to run; as [method] name in a config file");
  add("model", po::value<std::string>()->value_name("NAME"), "the model; as [model] name");
  add("dataset", po::value<std::string>()->value_name("NAME"),
      "the dataset; as [dataset] name; default: the model's own");
  add("config", po::value<Words>()->value_name("FILE"),
      "read options from a TOML file; may be repeated, later files win");
  add("checkpoints", po::value<std::string>()->value_name("WHEN"),
      "run on states of the training: every=2 (epochs), at=acc:0.5,0.7, at=prune");
  add("plugin-path", po::value<Words>()->value_name("DIR"),
      "look for plugins here first; may be repeated");
  add("all", po::bool_switch(), "'list' shows also plugins that cannot be used, and the places");
  add("out", po::value<std::string>()->value_name("FILE"),
      "what 'data show' (a picture) and 'tables' write");
  add("table", po::value<Words>()->value_name("NAME"),
      "a table that 'tables' takes; may be repeated; default: all");
  add("quiet,q", po::bool_switch(), "show nothing but errors and the final result");
  add("json", po::bool_switch(), "write events and results as JSON, one object a line");
  add("version", po::bool_switch(), "show the version and the build");
  add("help,h", po::bool_switch(), "show this; with --method or --model also their options");
  return out;
}

Words flag_names() {
  Words names;
  const po::options_description all = flags();
  for (const auto& flag : all.options()) names.push_back(flag->long_name());
  const po::options_description plugin = plugin_flags();
  for (const auto& flag : plugin.options()) names.push_back(flag->long_name());
  return names;
}

bool is_flag(const std::string& word) { return word.size() > 2 && word.compare(0, 2, "--") == 0; }

// "--method.alpha" of "--method.alpha=1"; the dot must come before the '='.
bool is_setting(const std::string& word) {
  return is_flag(word) && word.substr(0, word.find('=')).find('.') != std::string::npos;
}

void add_setting(Settings& settings, const std::string& name, const std::string& value) {
  const size_t dot = name.find('.');
  const std::string section = name.substr(0, dot);
  const std::string key = name.substr(dot + 1);
  if (!is_section(section)) {
    const std::string near = nearest(section, section_names());
    throw Error(ErrorCode::usage,
                fmt::format("unknown section '{}' in '--{}'; there are {}", section, name,
                            join(section_names())),
                near.empty() ? "" : fmt::format("did you mean '--{}.{}'?", near, key));
  }
  check(!key.empty(), ErrorCode::usage, fmt::format("'--{}' names no option", name));
  set_text(settings, section, key, value, kCommandLine);
}

// Moves the --section.key words with their values into `settings`; what is left is for
// program_options.
Words take_settings(const Words& arguments, Settings& settings) {
  Words rest;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--") {
      rest.insert(rest.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
      break;
    }
    if (!is_setting(arguments[i])) {
      rest.push_back(arguments[i]);
      continue;
    }
    const std::string word = arguments[i].substr(2);
    const size_t equals = word.find('=');
    if (equals != std::string::npos) {
      add_setting(settings, word.substr(0, equals), word.substr(equals + 1));
    } else if (i + 1 < arguments.size() && !is_flag(arguments[i + 1])) {
      add_setting(settings, word, arguments[++i]);
    } else {
      add_setting(settings, word, "true");
    }
  }
  return rest;
}

[[noreturn]] void refuse_flag(const std::string& option) {
  const std::string name = option.substr(option.find_first_not_of('-'));
  const RunOptions run;
  std::string hint;
  if (run.find(name) != nullptr) {
    hint = fmt::format("did you mean '--run.{}'?", name);
  } else {
    const std::string near = nearest(name, flag_names());
    hint = near.empty() ? "'modhost --help' shows all; options of components are written "
                          "--method.NAME, --model.NAME, --dataset.NAME"
                        : fmt::format("did you mean '--{}'?", near);
  }
  throw Error(ErrorCode::usage, fmt::format("unknown flag '{}'", option), hint);
}

po::variables_map parse_flags(const Words& words, Words& positional) {
  po::options_description all = flags();
  all.add(plugin_flags());
  all.add_options()("word", po::value<Words>());
  po::positional_options_description places;
  places.add("word", -1);
  namespace style = po::command_line_style;
  po::variables_map map;
  try {
    po::store(po::command_line_parser(words)
                  .options(all)
                  .positional(places)
                  .style(style::default_style & ~style::allow_guessing)
                  .run(),
              map);
  } catch (const po::unknown_option& error) {
    refuse_flag(error.get_option_name());
  } catch (const po::multiple_occurrences& error) {
    throw Error(ErrorCode::usage, fmt::format("'{}' is given twice", error.get_option_name()));
  } catch (const po::invalid_command_line_syntax& error) {
    throw Error(ErrorCode::usage,
                fmt::format("'{}': {}", error.get_option_name(),
                            error.kind() == error.missing_parameter ? "a value must follow"
                                                                    : "it takes no value"));
  } catch (const po::error& error) {
    throw Error(ErrorCode::usage, error.what(), "'modhost --help' shows the flags");
  }
  if (map.count("word") != 0) positional = map["word"].as<Words>();
  return map;
}

std::string take(Words& positional, const std::string& command, const std::string& what) {
  check(!positional.empty(), ErrorCode::usage, fmt::format("'modhost {}' needs {}", command, what),
        "'modhost --help' shows the form");
  std::string word = positional.front();
  positional.erase(positional.begin());
  return word;
}

void read_data_command(CommandLine& line, Words& positional, const po::variables_map& map) {
  const Words verbs = {"show", "export", "prepare", "verify"};
  const std::string verb = take(positional, "data", "one of " + join(verbs));
  check(std::find(verbs.begin(), verbs.end(), verb) != verbs.end(), ErrorCode::usage,
        fmt::format("unknown command 'data {}'; there are data {}", verb, join(verbs, ", data ")),
        did_you_mean(verb, verbs));
  line.subject = take(positional, "data " + verb, "the name of a dataset");
  if (verb == "export") {
    line.action = Action::data_export;
    line.target = take(positional, "data export", "the folder to write into");
    return;
  }
  if (verb == "prepare" || verb == "verify") {
    line.action = verb == "prepare" ? Action::data_prepare : Action::data_verify;
    return;
  }
  line.action = Action::data_show;
  check(map.count("out") != 0, ErrorCode::usage, "'modhost data show' needs --out FILE.png");
  line.target = map["out"].as<std::string>();
}

void read_tables_command(CommandLine& line, Words& positional, const po::variables_map& map) {
  line.action = Action::tables;
  line.folders.emplace_back(take(positional, "tables", "folders of runs"));
  while (!positional.empty()) line.folders.emplace_back(take(positional, "", ""));
  check(map.count("out") != 0, ErrorCode::usage,
        "'modhost tables' needs --out FILE.xlsx or --out FILE.csv");
  line.target = map["out"].as<std::string>();
  if (map.count("table") != 0) line.tables = map["table"].as<Words>();
}

void read_command(CommandLine& line, Words& positional, const po::variables_map& map) {
  check(map.count("table") == 0 || (!positional.empty() && positional.front() == "tables"),
        ErrorCode::usage, "'--table' is a flag of 'modhost tables'");
  if (positional.empty() || positional.front() != "plugin") refuse_plugin_flags(map);
  if (positional.empty()) return;
  const std::string command = take(positional, "", "a command");
  if (command == "resume") {
    line.action = Action::resume;
    line.subject = take(positional, command, "the folder of a run");
  } else if (command == "list") {
    line.action = Action::list;
  } else if (command == "info") {
    line.action = Action::info;
    line.subject = take(positional, command, "the name of a component or plugin, or a file");
  } else if (command == "data") {
    read_data_command(line, positional, map);
  } else if (command == "inspect") {
    line.action = Action::inspect;
    line.subject = take(positional, command, "a file of weights");
  } else if (command == "convert") {
    line.action = Action::convert;
    line.subject = take(positional, command, "a file of weights");
    line.target = take(positional, command, "the file to write: .pt, .safetensors or .npz");
  } else if (command == "tables") {
    read_tables_command(line, positional, map);
  } else if (command == "plugin") {
    read_plugin_command(line, positional, map);
  } else if (command != "run") {
    throw Error(ErrorCode::usage,
                fmt::format("unknown command '{}'; there are {}", command, join(commands())),
                did_you_mean(command, commands()));
  }
  check(positional.empty(), ErrorCode::usage,
        fmt::format("'{}' is one word too many after 'modhost {}'",
                    positional.empty() ? "" : positional.front(), command),
        "a value that begins with '--' is written --section.key=VALUE");
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  line.text = "modhost";
  for (const std::string& word : arguments) line.text += " " + word;
  Words positional;
  const po::variables_map map = parse_flags(take_settings(arguments, line.settings), positional);
  for (const char* section : {"method", "model", "dataset"}) {
    if (map.count(section) != 0) {
      set_text(line.settings, section, kNameKey, map[section].as<std::string>(), kCommandLine);
    }
  }
  if (map.count("checkpoints") != 0) {
    set_text(line.settings, "train", "checkpoints", map["checkpoints"].as<std::string>(),
             kCommandLine);
  }
  for (const char* name : {"config", "plugin-path"}) {
    if (map.count(name) == 0) continue;
    auto& paths = name[0] == 'c' ? line.config_files : line.plugin_path;
    for (const std::string& path : map[name].as<Words>()) paths.emplace_back(path);
  }
  line.quiet = map["quiet"].as<bool>();
  line.json = map["json"].as<bool>();
  line.all = map["all"].as<bool>();
  if (map["help"].as<bool>()) {
    line.action = Action::help;
  } else if (map["version"].as<bool>()) {
    line.action = Action::version;
  } else {
    read_command(line, positional, map);
  }
  return line;
}

namespace {

std::string help_of(const po::options_description& flags) {
  std::string text;
  for (const auto& flag : flags.options()) {
    const std::string parameter =
        flag->semantic()->max_tokens() == 0 ? "" : " " + flag->format_parameter();
    text += fmt::format("  {:<22}{}\n", "--" + flag->long_name() + parameter, flag->description());
  }
  return text;
}

}  // namespace

std::string flags_help() { return help_of(flags()); }

std::string plugin_flags_help() { return help_of(plugin_flags()); }

}  // namespace modhost::core
