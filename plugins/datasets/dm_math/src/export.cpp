#include "export.h"

#include <archive.h>
#include <archive_entry.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <unistd.h>

#include <memory>

namespace modhost_dm_math {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTop = "mathematics_dataset-v1.0";

struct FreeWriter {
  void operator()(archive* value) const { archive_write_free(value); }
  void operator()(archive_entry* value) const { archive_entry_free(value); }
};

// A tar.gz under a temporary name until it is complete. The same files give the same bytes.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(fs::path path)
      : path_(std::move(path)),
        temporary_(path_.string() + "." + std::to_string(::getpid()) + ".tmp"),
        archive_(archive_write_new()) {
    modhost::check(archive_ != nullptr, modhost::ErrorCode::internal, "libarchive has no memory");
    archive_write_add_filter_gzip(archive_.get());
    archive_write_set_filter_option(archive_.get(), "gzip", "timestamp", nullptr);
    archive_write_set_format_ustar(archive_.get());
    demand(archive_write_open_filename(archive_.get(), temporary_.c_str()));
  }
  ~ArchiveWriter() {
    std::error_code ignored;
    if (!finished_) fs::remove(temporary_, ignored);
  }

  void add(const std::string& name, const std::string& text) {
    const std::unique_ptr<archive_entry, FreeWriter> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(text.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    demand(archive_write_header(archive_.get(), entry.get()));
    const la_ssize_t written = archive_write_data(archive_.get(), text.data(), text.size());
    demand(written == static_cast<la_ssize_t>(text.size()) ? ARCHIVE_OK : ARCHIVE_FATAL);
  }

  void finish() {
    demand(archive_write_close(archive_.get()));
    std::error_code failure;
    fs::rename(temporary_, path_, failure);
    demand(failure ? ARCHIVE_FATAL : ARCHIVE_OK);
    finished_ = true;
  }

 private:
  void demand(int state) const {
    if (state == ARCHIVE_OK) return;
    const char* reason = archive_error_string(archive_.get());
    throw modhost::Error(modhost::ErrorCode::io, "cannot write '" + path_.string() + "'" +
                                                     (reason == nullptr ? "" : ": ") +
                                                     (reason == nullptr ? "" : reason));
  }

  fs::path path_, temporary_;
  std::unique_ptr<archive, FreeWriter> archive_;
  bool finished_ = false;
};

std::string lines_of(const Pairs& pairs) {
  std::string out;
  for (int64_t i = 0; i < pairs.size(); ++i) {
    out.append(pairs.question(i)).append("\n").append(pairs.answer(i)).append("\n");
  }
  return out;
}

}  // namespace

void export_generated(const fs::path& folder, const Counts& counts, uint64_t seed) {
  for (const Part part : kParts) modhost::make_folder(folder / kTop / folder_name(part));
  ArchiveWriter archive(folder / (std::string(kTop) + ".tar.gz"));
  for (const std::string& module : generated_modules()) {
    const PerPart<Pairs> pairs = generate(module, counts, seed);
    for (const Part part : kParts) {
      const std::string file = generated_file(module, part);
      if (file.empty()) continue;
      const std::string name = folder_name(part) + "/" + file + ".txt";
      const std::string text = lines_of(pairs[part]);
      modhost::write_file_atomically(folder / kTop / name, text);
      archive.add(std::string(kTop) + "/" + name, text);
    }
  }
  archive.finish();
}

}  // namespace modhost_dm_math
