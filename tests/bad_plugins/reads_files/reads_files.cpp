// A dataset that reads files which do not come with modhost; which ones, is an option.
#include <modhost/dataset.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/plugin.h>

#include <sstream>

namespace {

using namespace modhost;

struct FileOptions : Options {
  Option<std::string> folder{*this, "folder", "", "where the files are looked for"};
  Option<bool> download{*this, "download", false, "fetch what is missing"};
  Option<std::vector<std::string>> files{
      *this, "files", {}, "NAME;BYTES;SHA256;URL;URL for each file; 0 and nothing: unknown"};
  Option<std::string> source{*this, "source", "", "where a person finds them"};
};

// The bytes of a file: is one above 127?
class Bytes : public Source {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  int64_t size() const override { return static_cast<int64_t>(bytes_.size()); }
  Batch load(const std::vector<int64_t>& indices) const override {
    const auto rows = static_cast<int64_t>(indices.size());
    Batch batch{torch::empty({rows, 1}), torch::empty({rows}, torch::kLong)};
    for (int64_t row = 0; row < rows; ++row) {
      const int byte = static_cast<unsigned char>(bytes_[static_cast<size_t>(indices[row])]);
      batch.input[row][0] = byte / 255.0;
      batch.target[row] = byte > 127 ? 1 : 0;
    }
    return batch;
  }

 private:
  std::string bytes_;
};

DataFile file_of(const std::string& text) {
  DataFile file;
  std::istringstream parts(text);
  std::string bytes, url;
  std::getline(parts, file.name, ';');
  if (std::getline(parts, bytes, ';')) file.bytes = std::stoll(bytes);
  std::getline(parts, file.sha256, ';');
  while (std::getline(parts, url, ';')) file.urls.push_back(url);
  return file;
}

class ReadsFiles : public Dataset<FileOptions> {
 public:
  using Dataset::Dataset;
  Signature signature() const override { return {Input::features, {1}, Output::classes, {2}}; }
  std::vector<Task> tasks() const override { return {{"all", "every byte"}}; }
  std::string describe() const override { return "bytes of " + first().string(); }
  double chance() const override { return 0.5; }
  std::shared_ptr<const Source> all(Split) const override {
    return std::make_shared<Bytes>(read_start(first(), 64));
  }
  std::shared_ptr<const Source> task(const std::string&, Split split) const override {
    return all(split);
  }
  DataFiles files() const override {
    DataFiles out{"reads_files", data_folder("reads_files", options().folder())};
    for (const std::string& text : options().files()) out.list.push_back(file_of(text));
    out.source = options().source();
    out.download = options().download();
    return out;
  }
  void export_to(const std::filesystem::path& folder) const override {
    make_folder(folder);
    write_file_atomically(folder / "copy", read_file(first()));
  }

 private:
  std::filesystem::path first() const {
    const DataFiles all = files();
    return all.path(all.list.at(0).name);
  }
};

}  // namespace

MODHOST_PLUGIN(registry) { registry.dataset<ReadsFiles>("reads_files", "the bytes of files"); }
