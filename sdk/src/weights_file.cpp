#include "modhost/weights_file.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/npz.h"
#include "modhost/shown_text.h"
#include "modhost/state_file.h"
#include "pickled_tables.h"
#include "tensor_types.h"
#include "torch_legacy.h"
#include "torch_zip.h"
#include "zip_archive.h"

namespace modhost {
inline namespace v1 {
namespace {

namespace fs = std::filesystem;
using detail::ZipArchive;
using pickle::PickledTables;
using pickle::PickledTensors;

constexpr const char* kKnownFormats =
    "PyTorch (.pt, .pth), TorchScript, safetensors, .npz, .npy and Python pickles are read";

// A plain pickle holds its tensors in itself.
class NoStorages : public pickle::Storages {
 public:
  explicit NoStorages(std::string where) : where_(std::move(where)) {}
  Tensor bytes(const pickle::StorageId&) override {
    throw Error(ErrorCode::data, "cannot read '" + where_ + "': its tensors lie outside of it");
  }

 private:
  std::string where_;
};

void take_tables(PickledTensors& tensors, const std::string& key, WeightsFile& out) {
  PickledTables tables(tensors);
  out.tables = tables.list();
  const std::string chosen = key.empty() ? tables.choose() : key;
  tables.read(chosen, out);
  out.key = key.empty() && chosen == PickledTables::kRoot ? "" : chosen;
}

// A program is whole or of no use, and LibTorch compares no checksums.
void check_all(const ZipArchive& archive) {
  for (size_t member = 0; member < archive.members().size(); ++member) archive.read(member);
}

void read_torch_zip(const ZipArchive& archive, const std::string& key, WeightsFile& out) {
  pickle::TorchZip zip(archive);
  out.format = zip.is_script() ? "TorchScript" : "PyTorch";
  if (zip.is_script()) check_all(archive);
  PickledTensors tensors(zip.document(), zip, archive.path(), zip.size());
  check(!zip.is_script() || !PickledTables(tensors).list().empty(), ErrorCode::data,
        "'" + archive.path() +
            "' has no parameters: a network that was frozen keeps its weights in "
            "its program",
        "save it without torch.jit.freeze");
  take_tables(tensors, key, out);
}

void read_torch_legacy(const fs::path& path, const std::string& key, WeightsFile& out) {
  const std::string bytes = read_file(path);
  pickle::TorchLegacy legacy(bytes, path.string());
  out.format = "PyTorch before 1.6";
  PickledTensors tensors(legacy.document(), legacy, path.string(), bytes.size());
  take_tables(tensors, key, out);
}

void read_pickle(const fs::path& path, const std::string& key, WeightsFile& out) {
  const std::string bytes = read_file(path);
  const pickle::Document document(bytes, path.string());
  NoStorages storages(path.string());
  out.format = "Python pickle";
  PickledTensors tensors(document, storages, path.string(), bytes.size());
  take_tables(tensors, key, out);
}

void take_array(const std::string& name, const NpyArray& array, WeightsFile& out) {
  if (const auto tensor = detail::tensor_of(array)) {
    out.tensors.emplace_back(name, *tensor);
  } else {
    out.skipped.push_back({name, "an array of type '" + shown(array.descr) + "'"});
  }
}

void read_zip(const fs::path& path, const std::string& key, WeightsFile& out) {
  const detail::ZipLimits limits = detail::zip_limits_for(path);
  {
    const ZipArchive archive(path, limits);
    if (pickle::TorchZip::is_one(archive)) return read_torch_zip(archive, key, out);
  }
  out.format = "npz";
  for (const auto& [name, array] :
       read_npz(path, {limits.member_bytes, limits.total_bytes, limits.members})) {
    take_array(name, array, out);
  }
}

// Formats that people try; the others are told apart by being none of these.
std::string what_else(std::string_view start) {
  const std::pair<std::string_view, const char*> known[] = {
      {"\x89HDF", "an HDF5 file, as Keras writes them"},
      {"\x1f\x8b", "packed by gzip; unpack it first"},
      {"GGUF", "a GGUF file"},
      {"\x7f"
       "ELF",
       "a program"},
      {std::string_view("\x89PNG", 4), "a picture"}};
  for (const auto& [magic, what] : known) {
    if (start.substr(0, magic.size()) == magic) return std::string("it is ") + what;
  }
  if (start.size() > 262 && start.substr(257, 5) == "ustar") {
    return "it is a tar archive; PyTorch before 0.2 wrote these";
  }
  return start.empty() ? "it is empty" : "it begins like no format of weights";
}

bool is_safetensors(std::string_view start, uint64_t size) {
  uint64_t header = 0;
  if (start.size() < 9) return false;
  std::memcpy(&header, start.data(), sizeof header);
  return start[8] == '{' && header <= size;
}

void read_one(const fs::path& path, const std::string& key, WeightsFile& out) {
  const std::string start = read_start(path, 512);
  const std::string_view view = start;
  if (view.substr(0, 4) == "PK\x03\x04" || view.substr(0, 4) == "PK\x05\x06") {
    return read_zip(path, key, out);
  }
  if (view.substr(0, 6) == "\x93NUMPY") {
    out.format = "npy";
    return take_array(path.stem().string(), read_npy(path), out);
  }
  if (is_safetensors(view, fs::file_size(path))) {
    out.format = "safetensors";
    out.tensors = load_safetensors(path);
    return;
  }
  if (pickle::TorchLegacy::starts(view)) return read_torch_legacy(path, key, out);
  if (!view.empty() && view[0] == '\x80') return read_pickle(path, key, out);
  throw Error(ErrorCode::data, "cannot read '" + path.string() + "': " + what_else(view),
              kKnownFormats);
}

// A file that is one array, without any name, is called by its own.
void name_after_file(const fs::path& path, WeightsFile& out) {
  for (auto& [name, tensor] : out.tensors) {
    if (name.empty()) name = path.stem().string();
  }
  for (SkippedTensor& skipped : out.skipped) {
    if (skipped.name.empty()) skipped.name = path.stem().string();
  }
}

void read_folder(const fs::path& folder, WeightsFile& out) {
  constexpr size_t kMostFiles = 4096;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string extension = entry.path().extension().string();
    const bool is_array = extension == ".pth" || extension == ".pt" || extension == ".npy";
    if (entry.is_regular_file() && is_array) files.push_back(entry.path());
  }
  check(!files.empty() && files.size() <= kMostFiles, ErrorCode::data,
        "cannot read the folder '" + folder.string() + "': it has " + std::to_string(files.size()) +
            " files .pth, .pt or .npy, needed are 1 to 4096",
        "give the file with the weights");
  std::sort(files.begin(), files.end());
  out.format = "folder of arrays";
  for (const fs::path& file : files) {
    WeightsFile one;
    read_one(file, "", one);
    name_after_file(file, one);
    check(one.tensors.size() + one.skipped.size() == 1, ErrorCode::data,
          "'" + file.string() + "' holds " + std::to_string(one.tensors.size()) +
              " tensors; in a folder each file holds one",
          "give this file itself");
    out.tensors.insert(out.tensors.end(), one.tensors.begin(), one.tensors.end());
    out.skipped.insert(out.skipped.end(), one.skipped.begin(), one.skipped.end());
  }
}

// Of several tensors of one name the last one counts, as in Python.
void keep_last(NamedTensors& tensors) {
  std::map<std::string, size_t> last;
  for (size_t i = 0; i < tensors.size(); ++i) last[tensors[i].first] = i;
  if (last.size() == tensors.size()) return;
  NamedTensors kept;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (last[tensors[i].first] == i) kept.push_back(tensors[i]);
  }
  tensors = std::move(kept);
}

// What wrappers put before every name of a network.
void take_off_prefix(WeightsFile& out) {
  for (const std::string prefix : {"_orig_mod.", "module."}) {
    const auto has_it = [&](const auto& named) { return named.first.rfind(prefix, 0) == 0; };
    if (out.tensors.empty() || !std::all_of(out.tensors.begin(), out.tensors.end(), has_it)) {
      continue;
    }
    for (auto& [name, tensor] : out.tensors) name.erase(0, prefix.size());
    for (auto& [name, why] : out.skipped) {
      if (name.rfind(prefix, 0) == 0) name.erase(0, prefix.size());
    }
    out.prefix += prefix;
  }
}

}  // namespace

WeightsFile read_weights(const fs::path& path, const std::string& key) {
  WeightsFile out;
  if (fs::is_directory(path)) {
    read_folder(path, out);
  } else {
    read_one(path, key, out);
  }
  check(out.key == key || key.empty(), ErrorCode::data,
        "'" + path.string() + "' has no table '" + shown(key) + "': a file of the format " +
            out.format + " is one table",
        "leave out --model.weights_key");
  name_after_file(path, out);
  keep_last(out.tensors);
  take_off_prefix(out);
  check(!out.tensors.empty() || !out.skipped.empty(), ErrorCode::data,
        "'" + path.string() + "' holds no tensors");
  return out;
}

}  // namespace v1
}  // namespace modhost
