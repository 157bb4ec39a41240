// The published archive, read in place with libarchive.
#include <archive.h>
#include <archive_entry.h>
#include <modhost/error.h>

#include <memory>
#include <vector>

#include "text_files.h"

namespace modhost_dm_math {
namespace {

namespace fs = std::filesystem;
using modhost::check;
using modhost::Error;
using modhost::ErrorCode;

constexpr size_t kBlock = 1 << 18;         // bytes read from the disk at once
constexpr int64_t kMostMembers = 100'000;  // the published archive has about 200
constexpr size_t kLongestMember = 4096;    // characters of a name
constexpr std::string_view kEnding = ".txt";

struct Free {
  void operator()(archive* value) const { archive_read_free(value); }
};

class Reader {
 public:
  explicit Reader(const fs::path& path) : path_(path.string()), archive_(archive_read_new()) {
    check(archive_ != nullptr, ErrorCode::internal, "libarchive has no memory");
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_format_tar(archive_.get());
    const int state = archive_read_open_filename(archive_.get(), path_.c_str(), kBlock);
    if (state != ARCHIVE_OK) refuse();
  }

  // nullptr at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    const int state = archive_read_next_header(archive_.get(), &entry);
    if (state == ARCHIVE_EOF) return nullptr;
    if (state != ARCHIVE_OK) refuse();
    check(++members_ <= kMostMembers, ErrorCode::data,
          "'" + path_ + "' has more than " + std::to_string(kMostMembers) + " members");
    return entry;
  }

  // The next bytes of the current member, none at its end.
  std::string_view piece(std::vector<char>& buffer) {
    const la_ssize_t got = archive_read_data(archive_.get(), buffer.data(), buffer.size());
    if (got < 0) refuse();
    return {buffer.data(), static_cast<size_t>(got)};
  }

 private:
  [[noreturn]] void refuse() const {
    const char* reason = archive_error_string(archive_.get());
    throw Error(ErrorCode::data,
                "'" + path_ + "' is no whole tar.gz archive" +
                    (reason == nullptr ? "" : ": " + std::string(reason)),
                "fetch it again");
  }

  std::string path_;
  std::unique_ptr<archive, Free> archive_;
  int64_t members_ = 0;
};

// "ANY/train-easy/algebra__linear_1d.txt", also without ANY/.
std::optional<TextFile> text_file(archive_entry* entry, const std::string& archive) {
  const char* text = archive_entry_pathname(entry);
  if (text == nullptr || archive_entry_filetype(entry) != AE_IFREG) return std::nullopt;
  std::string_view name = text;
  if (name.size() > kLongestMember || name.size() <= kEnding.size()) return std::nullopt;
  if (name.substr(name.size() - kEnding.size()) != kEnding) return std::nullopt;
  const size_t slash = name.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::string_view folder = name.substr(0, slash);
  const size_t above = folder.rfind('/');
  if (above != std::string_view::npos) folder.remove_prefix(above + 1);
  const auto part = part_in_folder(folder);
  if (!part) return std::nullopt;
  const std::string_view file = name.substr(slash + 1);
  return TextFile{*part, std::string(file.substr(0, file.size() - kEnding.size())),
                  archive + ": " + std::string(folder) + "/" + std::string(file)};
}

}  // namespace

void visit_archive(const fs::path& archive, Visitor& visitor) {
  Reader reader(archive);
  std::vector<char> buffer(kBlock);
  for (archive_entry* entry = reader.next(); entry != nullptr; entry = reader.next()) {
    const auto file = text_file(entry, archive.string());
    if (!file || !visitor.wants(*file)) continue;
    for (auto piece = reader.piece(buffer); !piece.empty(); piece = reader.piece(buffer)) {
      visitor.read(piece);
    }
    visitor.finish();
    if (visitor.done()) return;
  }
}

}  // namespace modhost_dm_math
