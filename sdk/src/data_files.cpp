#include "modhost/data_files.h"

#include <cstdlib>

#include "modhost/count_text.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

namespace fs = std::filesystem;

// The value of an environment variable, "" when it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Where modhost keeps data, "" when nothing says where that is.
fs::path data_home() {
  if (const std::string given = variable("MODHOST_DATA"); !given.empty()) return given;
  if (const std::string xdg = variable("XDG_DATA_HOME"); !xdg.empty()) {
    return fs::path(xdg) / "modhost" / "data";
  }
  if (const std::string home = variable("HOME"); !home.empty()) {
    return fs::path(home) / ".local" / "share" / "modhost" / "data";
  }
  return "";
}

std::string text_of(const DataFile& file) {
  return file.bytes == 0 ? file.name : file.name + " (" + count_text(file.bytes) + " bytes)";
}

}  // namespace

std::vector<DataFile> DataFiles::missing() const {
  std::vector<DataFile> out;
  for (const DataFile& file : list) {
    std::error_code ignored;
    if (!fs::is_regular_file(folder / file.name, ignored)) out.push_back(file);
  }
  return out;
}

fs::path DataFiles::path(const std::string& name) const {
  std::error_code ignored;
  if (fs::is_regular_file(folder / name, ignored)) return folder / name;
  std::vector<std::string> names;
  bool all = true;
  for (const DataFile& file : missing()) {
    names.push_back(text_of(file));
    all = all && !file.urls.empty();
  }
  std::string command = "modhost data prepare " + dataset;
  if (folder != data_home() / dataset) command += " --dataset.folder " + folder.string();
  throw Error(ErrorCode::data,
              "dataset '" + dataset + "': not in '" + folder.string() + "': " + join(names),
              (all ? "fetch with '" + command + "', or put there by hand"
                   : std::string("put there by hand")) +
                  (source.empty() ? "" : " from " + source));
}

fs::path data_folder(const std::string& dataset, const std::string& given) {
  if (!given.empty()) return given;
  check(!data_home().empty(), ErrorCode::config,
        "no folder for data: neither MODHOST_DATA nor HOME is set", "give 'dataset.folder'");
  return data_home() / dataset;
}

}  // namespace v1
}  // namespace modhost
