#include "plugin_new_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <map>

#include "discovery.h"
#include "exit_code.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/version.h"
#include "plugin_names.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;
using Replacements = std::map<std::string, std::string>;  // of the templates -> of the project

fs::path folder_of(const NewPluginRequest& request) {
  return request.folder.empty() ? fs::path(request.name) : request.folder;
}

// "0.1" of "0.1.0", and ">=0.1,<0.2".
std::string sdk_minor() {
  const std::string version = MODHOST_SDK_VERSION;
  return version.substr(0, version.rfind('.'));
}

std::string sdk_range() {
  const std::string minor = sdk_minor();
  const size_t dot = minor.find('.');
  const int next = std::stoi(minor.substr(dot + 1)) + 1;
  return fmt::format(">={},<{}.{}", minor, minor.substr(0, dot), next);
}

std::string this_year() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  return std::to_string(1900 + parts.tm_year);
}

Replacements words_of(const NewPluginRequest& request) {
  return {{"my_plugin", request.name},
          {"MyPlugin", class_name(request.name, to_string(request.kind))},
          {"SDK_MINOR", sdk_minor()},
          {"SDK_RANGE", sdk_range()},
          {"THIS_YEAR", this_year()}};
}

std::string replaced(const std::string& text, const Replacements& words) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const std::pair<const std::string, std::string>* found = nullptr;
    for (const auto& word : words) {
      if (text.compare(at, word.first.size(), word.first) == 0) found = &word;
    }
    out += found == nullptr ? std::string(1, text[at]) : found->second;
    at += found == nullptr ? 1 : found->first.size();
  }
  return out;
}

void copy_template(const fs::path& from, const fs::path& to, const Replacements& words) {
  check(fs::is_directory(from), ErrorCode::io,
        "the installation is damaged: there is no folder '" + from.string() + "'");
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    if (!entry.is_regular_file()) continue;
    const fs::path target = to / replaced(fs::relative(entry.path(), from).string(), words);
    make_folder(target.parent_path());
    write_file_atomically(target, replaced(read_file(entry.path()), words));
  }
}

// A folder beside the final one that is removed unless it is moved there.
class DraftFolder {
 public:
  explicit DraftFolder(const fs::path& final)
      : path_(final.string() + fmt::format(".{}.tmp", ::getpid())), final_(final) {
    make_folder(path_);
  }
  DraftFolder(const DraftFolder&) = delete;
  DraftFolder& operator=(const DraftFolder&) = delete;
  ~DraftFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  void keep() {
    std::error_code failure;
    fs::rename(path_, final_, failure);
    check(!failure, ErrorCode::io, "cannot write '" + final_.string() + "': " + failure.message());
    path_.clear();
  }

 private:
  fs::path path_, final_;
};

// The command that shows what the plugin does.
std::string last_command(const NewPluginRequest& request) {
  const std::string start = "modhost --plugin-path build/lib/modhost/plugins";
  switch (request.kind) {
    case ComponentKind::model:
      return fmt::format("{} --method diffmask --model {}", start, request.name);
    case ComponentKind::method:
      return fmt::format("{} --method {} --model scl", start, request.name);
    case ComponentKind::dataset:
      return fmt::format("{} --method diffmask --model mlp --dataset {}", start, request.name);
    case ComponentKind::layer:
      return fmt::format("{} info {}", start, request.name);
    case ComponentKind::mask:
      return fmt::format("{} --method diffmask --method.mask {} --model mlp --dataset add_mul",
                         start, request.name);
  }
  return start;
}

}  // namespace

fs::path template_folder() {
  return this_environment().executable.parent_path().parent_path() / "share/modhost/template";
}

void write_plugin_project(const NewPluginRequest& request, const fs::path& templates) {
  check_plugin_name(request.name);
  const fs::path folder = folder_of(request);
  std::error_code failure;
  check(!fs::exists(fs::symlink_status(folder, failure)), ErrorCode::usage,
        "'" + folder.string() + "' is there already", "take another name, or --dir DIR");
  const Replacements words = words_of(request);
  DraftFolder draft(folder);
  copy_template(templates / "common", draft.path(), words);
  copy_template(templates / to_string(request.kind), draft.path(), words);
  draft.keep();
}

int plugin_new_command(const NewPluginRequest& request, std::ostream& out) {
  write_plugin_project(request, template_folder());
  const fs::path folder = folder_of(request);
  const fs::path prefix = this_environment().executable.parent_path().parent_path();
  out << fmt::format(
      "{} is written; start in {}\n\n"
      "  cd {}\n"
      "  cmake -B build -DCMAKE_PREFIX_PATH={}\n"
      "  cmake --build build\n"
      "  ctest --test-dir build\n"
      "  {}\n",
      folder.string(), (folder / "src" / (request.name + ".cpp")).string(), folder.string(),
      prefix.string(), last_command(request));
  return kExitDone;
}

}  // namespace modhost::core
