// Files that a dataset reads and that do not come with modhost: which they are, where they are
// looked for, and where they can be had.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace modhost {
inline namespace v1 {

struct DataFile {
  std::string name;                 // within the folder: "train-images-idx3-ubyte.gz"
  int64_t bytes = 0;                // 0: unknown
  std::string sha256{};             // 64 lower-case hexadecimal digits; empty: unknown
  std::vector<std::string> urls{};  // tried one after the other; empty: to be fetched by hand
};

struct DataFiles {
  std::string dataset;           // "mnist"
  std::filesystem::path folder;  // where they are looked for
  std::vector<DataFile> list{};
  std::string source{};   // where a person finds them: "github.com/brendenlake/SCAN"
  bool download = false;  // asked for: what is missing is fetched before a run

  std::vector<DataFile> missing() const;
  // `folder`/NAME. Error(data) when it is not there: all that are missing with their sizes, the
  // folder to put them in, and the command that fetches them.
  std::filesystem::path path(const std::string& name) const;
};

// `given` unless it is empty; else the dataset's folder where modhost keeps data: in $MODHOST_DATA,
// else in $XDG_DATA_HOME/modhost/data, else in ~/.local/share/modhost/data.
std::filesystem::path data_folder(const std::string& dataset, const std::string& given);

}  // namespace v1
}  // namespace modhost
