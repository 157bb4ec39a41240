#include "discovery.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "modhost/error.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path user_data_home() {
  const std::string given = variable("XDG_DATA_HOME");
  if (!given.empty() && fs::path(given).is_absolute()) return given;
  const std::string home = variable("HOME");
  return home.empty() ? fs::path() : fs::path(home) / ".local/share";
}

// The subfolders in the order of their names; nothing when the folder cannot be read.
std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) out.push_back(at->path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

bool is_plugin_folder(const fs::path& folder) {
  std::error_code failure;
  return fs::exists(folder / kManifestFile, failure);
}

void add_split(std::vector<SearchFolder>& out, const std::string& paths) {
  for (size_t start = 0; start < paths.size();) {
    const size_t end = std::min(paths.find(':', start), paths.size());
    if (end > start) out.push_back({paths.substr(start, end - start), "MODHOST_PLUGIN_PATH"});
    start = end + 1;
  }
}

void disable(Candidate& candidate) {
  candidate.state = PluginState::disabled;
  candidate.reason = "disabled: its folder's name begins with '@'";
  candidate.details.clear();
  candidate.hint = "rename the folder '" + candidate.folder.string() + "'";
}

void shadow(Candidate& candidate, const Candidate& winner) {
  candidate.state = PluginState::shadowed;
  candidate.reason = "shadowed by '" + winner.folder.string() + "'";
  candidate.details.clear();
  candidate.hint.clear();
}

}  // namespace

SearchEnvironment this_environment() {
  std::error_code failure;
  SearchEnvironment environment;
  environment.plugin_path = variable("MODHOST_PLUGIN_PATH");
  environment.data_home = user_data_home();
  environment.working_folder = fs::current_path(failure);
  environment.executable = fs::read_symlink("/proc/self/exe", failure);
  environment.abi_tag = host_build_info().abi_tag();
  return environment;
}

std::vector<SearchFolder> search_folders(const std::vector<fs::path>& command_line,
                                         const SearchEnvironment& environment) {
  std::vector<SearchFolder> out;
  for (const fs::path& path : command_line) {
    std::error_code failure;
    check(fs::is_directory(path, failure), ErrorCode::usage,
          "--plugin-path: there is no folder '" + path.string() + "'");
    out.push_back({path, "--plugin-path"});
  }
  add_split(out, environment.plugin_path);
  out.push_back({environment.working_folder / ".modhost/plugins", "project"});
  const fs::path user = environment.data_home / "modhost/plugins";
  if (!environment.data_home.empty()) out.push_back({user / environment.abi_tag, "user"});
  const fs::path prefix = environment.executable.parent_path().parent_path();
  if (!prefix.empty()) out.push_back({prefix / "lib/modhost/plugins", "installed"});
  if (!environment.data_home.empty()) {
    for (const fs::path& other : subfolders(user)) {
      if (other.filename() != environment.abi_tag) out.push_back({other, "user, another build"});
    }
  }
  return out;
}

std::vector<Candidate> discover(const std::vector<SearchFolder>& folders) {
  std::vector<Candidate> out;
  std::set<fs::path> seen;
  std::map<std::string, size_t> winners;
  for (const SearchFolder& search : folders) {
    std::vector<fs::path> places = subfolders(search.path);
    if (is_plugin_folder(search.path)) places = {search.path};
    for (const fs::path& place : places) {
      std::error_code failure;
      if (!is_plugin_folder(place) || !seen.insert(fs::canonical(place, failure)).second) continue;
      Candidate candidate = read_candidate(place, search.origin);
      if (place.filename().string().front() == '@') {
        disable(candidate);
      } else if (candidate.manifest) {
        const auto [winner, is_new] = winners.emplace(candidate.id(), out.size());
        if (!is_new) shadow(candidate, out[winner->second]);
      }
      out.push_back(std::move(candidate));
    }
  }
  return out;
}

}  // namespace modhost::core
