#include "tar_members.h"

#include <archive.h>
#include <archive_entry.h>
#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/shown_text.h>

#include <algorithm>
#include <memory>

namespace modhost_cifar10 {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlock = size_t{1} << 18;
constexpr int kMostMembers = 1000;
constexpr int64_t kMostUnpacked = int64_t{1} << 32;  // claimed by all members together

[[noreturn]] void refuse(const fs::path& path, const std::string& what) {
  throw modhost::Error(modhost::ErrorCode::data, "cannot read '" + path.string() + "': " + what);
}

class TarFile {
 public:
  explicit TarFile(const fs::path& path) : path_(path), archive_(archive_read_new()) {
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_format_tar(archive_.get());
    require(archive_read_open_filename(archive_.get(), path.c_str(), kBlock));
  }

  // False at the end. The size that is claimed is at least 0.
  bool next() {
    const int state = archive_read_next_header(archive_.get(), &entry_);
    if (state == ARCHIVE_EOF) return false;
    require(state);
    claimed_ += std::max<int64_t>(size(), 0);
    if (++members_ > kMostMembers) refuse(path_, "it holds more than 1,000 files");
    if (size() < 0 || claimed_ > kMostUnpacked) refuse(path_, "it claims more than 4 GiB");
    return true;
  }

  bool is_file() const { return archive_entry_filetype(entry_) == AE_IFREG; }
  std::string name() const {
    const char* name = archive_entry_pathname(entry_);
    return name == nullptr ? "" : fs::path(name).filename().string();
  }
  int64_t size() const { return archive_entry_size(entry_); }

  // All of the present file; its size was looked at before.
  std::string bytes() {
    std::string out(static_cast<size_t>(size()), '\0');
    size_t done = 0;
    while (done < out.size()) {
      const la_ssize_t got = archive_read_data(archive_.get(), &out[done], out.size() - done);
      if (got < 0) fail();
      if (got == 0) refuse(path_, "it ends within '" + modhost::shown(name()) + "'");
      done += static_cast<size_t>(got);
    }
    return out;
  }

 private:
  void require(int state) const {
    if (state != ARCHIVE_OK && state != ARCHIVE_WARN) fail();
  }
  [[noreturn]] void fail() const {
    const char* reason = archive_error_string(archive_.get());
    refuse(path_,
           "it is no whole .tar.gz" + (reason == nullptr ? "" : ": " + modhost::shown(reason)));
  }

  struct Close {
    void operator()(archive* open) const { archive_read_free(open); }
  };
  fs::path path_;
  std::unique_ptr<archive, Close> archive_;
  archive_entry* entry_ = nullptr;
  int members_ = 0;
  int64_t claimed_ = 0;
};

}  // namespace

void read_tar_members(const fs::path& path, const std::vector<std::string>& names,
                      uint64_t most_bytes, const UseMember& use) {
  std::vector<std::string> missing = names;
  TarFile tar(path);
  while (!missing.empty() && tar.next()) {
    const std::string name = tar.name();
    const auto found = std::find(missing.begin(), missing.end(), name);
    if (!tar.is_file() || found == missing.end()) continue;
    if (static_cast<uint64_t>(tar.size()) > most_bytes) {
      refuse(path, "'" + name + "' in it has " + modhost::count_text(tar.size()) +
                       " bytes, allowed are " +
                       modhost::count_text(static_cast<int64_t>(most_bytes)));
    }
    use(name, tar.bytes());
    missing.erase(found);
  }
  if (!missing.empty()) refuse(path, "it holds no " + modhost::join(missing));
}

}  // namespace modhost_cifar10
