#include "zip_archive.h"

#include <zip.h>

#include <algorithm>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr uint64_t kPiece = uint64_t{1} << 20;

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::data, "cannot read '" + where + "': " + what);
}

struct CloseMember {
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using OpenMember = std::unique_ptr<zip_file_t, CloseMember>;

zip_t* open_archive(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) {
    throw Error(ErrorCode::io, "cannot read '" + path.string() + "': no such file");
  }
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive != nullptr) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  fail(path.string(), "no valid ZIP archive (" + text + ")");
}

void check_member(const zip_stat_t& info, const ZipLimits& limits, uint64_t total,
                  const std::string& where) {
  const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD;
  if ((info.valid & needed) != needed) fail(where, "the member has no size or no method");
  if (info.comp_method != ZIP_CM_STORE && info.comp_method != ZIP_CM_DEFLATE) {
    fail(where, "packing method " + std::to_string(info.comp_method) +
                    ", only stored (0) and deflated (8) are supported");
  }
  if (info.size > limits.member_bytes || info.size > limits.total_bytes - total) {
    fail(where, "claims " + std::to_string(info.size) + " bytes, at most " +
                    std::to_string(limits.member_bytes) + " per member and " +
                    std::to_string(limits.total_bytes) + " per file are allowed");
  }
}

std::string read_bytes(zip_file_t* member, uint64_t size, const std::string& where) {
  std::string bytes;
  while (bytes.size() < size) {
    const size_t old_size = bytes.size();
    bytes.resize(old_size + std::min(kPiece, size - old_size));
    const zip_int64_t got = zip_fread(member, &bytes[old_size], bytes.size() - old_size);
    if (got < 0) fail(where, zip_file_strerror(member));
    if (got == 0) {
      fail(where, "the member ends after " + std::to_string(old_size) + " bytes, needed " +
                      std::to_string(size));
    }
    bytes.resize(old_size + static_cast<size_t>(got));
  }
  return bytes;
}

}  // namespace

struct ZipArchive::Handle {
  explicit Handle(zip_t* opened) : archive(opened) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { zip_discard(archive); }
  zip_t* archive;
};

ZipLimits zip_limits_for(const std::filesystem::path& path) {
  constexpr uint64_t kAlways = uint64_t{1} << 28;
  constexpr uint64_t kRatio = 100;
  std::error_code failure;
  const uint64_t size = std::filesystem::file_size(path, failure);
  const uint64_t total = failure ? kAlways : kAlways + kRatio * size;
  return {total, total, uint64_t{1} << 18};
}

ZipArchive::ZipArchive(const std::filesystem::path& path, const ZipLimits& limits)
    : path_(path.string()), handle_(std::make_unique<Handle>(open_archive(path))) {
  const zip_int64_t count = zip_get_num_entries(handle_->archive, 0);
  if (count < 0 || static_cast<uint64_t>(count) > limits.members) {
    fail(path_, "has " + std::to_string(count) + " members, at most " +
                    std::to_string(limits.members) + " are allowed");
  }
  const uint64_t file_size = std::filesystem::file_size(path);
  uint64_t total = 0;
  uint64_t stored = 0;
  for (zip_uint64_t entry = 0; entry < static_cast<zip_uint64_t>(count); ++entry) {
    zip_stat_t info;
    if (zip_stat_index(handle_->archive, entry, 0, &info) != 0) {
      fail(path_, zip_strerror(handle_->archive));
    }
    const std::string name = (info.valid & ZIP_STAT_NAME) != 0 ? info.name : "";
    check_member(info, limits, total, path_ + "' member '" + name);
    total += info.size;
    if (info.comp_method == ZIP_CM_STORE) stored += info.size;
    if (stored > file_size) fail(path_, "its members claim more bytes than the file has");
    members_.push_back({name, info.size});
  }
}

ZipArchive::~ZipArchive() = default;

std::string ZipArchive::read_start(size_t index, uint64_t count) const {
  const std::string where = path_ + "' member '" + members_[index].name;
  const OpenMember member(zip_fopen_index(handle_->archive, index, 0));
  if (!member) fail(where, zip_strerror(handle_->archive));
  return read_bytes(member.get(), std::min(count, members_[index].size), where);
}

std::string ZipArchive::read(size_t index) const {
  const std::string where = path_ + "' member '" + members_[index].name;
  const OpenMember member(zip_fopen_index(handle_->archive, index, 0));
  if (!member) fail(where, zip_strerror(handle_->archive));
  std::string bytes = read_bytes(member.get(), members_[index].size, where);
  // The checksum is compared when the end is reached, which takes one more read.
  char extra = 0;
  const zip_int64_t rest = zip_fread(member.get(), &extra, 1);
  if (rest < 0) fail(where, zip_file_strerror(member.get()));
  if (rest > 0) fail(where, "the member is longer than it claims");
  return bytes;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
