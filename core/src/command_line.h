// What the user asks for, read from the arguments alone: no plugin is looked at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "plugin_request.h"
#include "settings.h"

namespace modhost::core {

enum class Action {
  run,
  resume,
  list,
  info,
  data_show,
  data_export,
  data_prepare,
  data_verify,
  inspect,
  convert,
  tables,
  plugin_new,
  plugin_check,
  help,
  version
};

struct CommandLine {
  Action action = Action::run;
  std::string subject;  // the folder of resume; the name of info and data; the file of inspect
  std::string target;   // what `data show`, `data export`, `convert` and `tables` write
  std::vector<std::filesystem::path> folders;       // of tables
  std::vector<std::string> tables;                  // of tables: their names, none for all
  std::vector<std::filesystem::path> config_files;  // later ones win
  std::vector<std::filesystem::path> plugin_path;
  bool quiet = false;
  bool json = false;
  bool all = false;  // of list
  NewPluginRequest plugin;
  CheckRequest check;
  Settings settings;  // --section.key value, with the origin "command line"
  std::string text;   // as typed, for the record
};

// `arguments` without the program's name. A setting is written --section.key VALUE or
// --section.key=VALUE; the word after it is its value unless that begins with "--", and without
// a value it means true. Error(usage) for anything unknown, with the nearest that exists.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

// The host's own flags, and those of `modhost plugin`, as blocks of help text.
std::string flags_help();
std::string plugin_flags_help();

}  // namespace modhost::core
