// Where plugins are looked for, and what is found there. Nothing is loaded.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "candidate.h"

namespace modhost::core {

struct SearchFolder {
  std::filesystem::path path;
  std::string origin;  // for readers: "--plugin-path", "MODHOST_PLUGIN_PATH", "project", ...
};

// What the order of the search depends on.
struct SearchEnvironment {
  std::string plugin_path;               // MODHOST_PLUGIN_PATH: folders joined by ':'
  std::filesystem::path data_home;       // XDG_DATA_HOME or ~/.local/share; "" when there is none
  std::filesystem::path working_folder;  // of the process
  std::filesystem::path executable;      // the file of this program
  std::string abi_tag;                   // of the host
};
SearchEnvironment this_environment();

// In the order of precedence: the folders of the command line, MODHOST_PLUGIN_PATH,
// ./.modhost/plugins, <data home>/modhost/plugins/<abi tag>, <prefix>/lib/modhost/plugins, where
// the executable is <prefix>/bin/modhost, and last the folders of other ABI tags, whose plugins are
// shown as incompatible. Folders need not exist, but those of the command line: Error(usage).
std::vector<SearchFolder> search_folders(const std::vector<std::filesystem::path>& command_line,
                                         const SearchEnvironment& environment);

// Each subfolder with a plugin.toml is a candidate, in the order of the folders and then of the
// names; a search folder may also be one itself. Of one id the first wins and the others are
// shadowed; a folder whose name begins with '@' is disabled and shadows nothing.
std::vector<Candidate> discover(const std::vector<SearchFolder>& folders);

}  // namespace modhost::core
