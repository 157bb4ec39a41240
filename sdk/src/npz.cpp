// The ZIP container of .npz files; the arrays inside are parsed by npy.cpp.
#include "modhost/npz.h"

#include <zip.h>

#include <memory>
#include <utility>

#include "modhost/files.h"
#include "zip_archive.h"

namespace modhost {
inline namespace v1 {
namespace {

// 1980-01-01 00:00, the earliest time a ZIP entry can carry and the one NumPy writes.
constexpr zip_uint16_t kDosDate = (0 << 9) | (1 << 5) | 1;
constexpr char kSuffix[] = ".npy";

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using ZipSource = std::unique_ptr<zip_source_t, FreeSource>;

[[noreturn]] void fail_read(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::data, "cannot read '" + where + "': " + what);
}

[[noreturn]] void fail_pack(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::io, "cannot pack '" + path.string() + "': " + what);
}

std::string array_name(const std::string& member, const std::string& file) {
  const size_t suffix = sizeof(kSuffix) - 1;
  if (member.size() <= suffix || member.compare(member.size() - suffix, suffix, kSuffix) != 0) {
    fail_read(file, "member '" + member + "' is no array, names must end in '.npy'");
  }
  return member.substr(0, member.size() - suffix);
}

std::string where_text(const std::filesystem::path& path, const std::string& name) {
  return path.string() + "' member '" + name;
}

// read(archive, member, where) of every member, by name.
template <typename F>
NpzArrays read_members(const std::filesystem::path& path, const NpzLimits& limits, const F& read) {
  const detail::ZipArchive archive(path, {limits.member_bytes, limits.total_bytes, limits.members});
  NpzArrays arrays;
  for (size_t member = 0; member < archive.members().size(); ++member) {
    const std::string name = array_name(archive.members()[member].name, path.string());
    if (!arrays.emplace(name, read(archive, member, where_text(path, name))).second) {
      fail_read(path.string(), "array '" + name + "' occurs twice");
    }
  }
  return arrays;
}

// `arrays` holds the bytes that the archive refers to until it is closed.
void add_member(zip_t* archive, const std::string& name, const std::string& bytes,
                NpzPacking packing, const std::filesystem::path& path) {
  zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
  if (!source) fail_pack(path, zip_strerror(archive));
  const zip_int64_t index =
      zip_file_add(archive, (name + kSuffix).c_str(), source, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(source);
    fail_pack(path, zip_strerror(archive));
  }
  const auto entry = static_cast<zip_uint64_t>(index);
  const zip_int32_t method = packing == NpzPacking::stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE;
  if (zip_set_file_compression(archive, entry, method, 0) != 0 ||
      zip_file_set_dostime(archive, entry, 0, kDosDate, 0) != 0) {
    fail_pack(path, zip_strerror(archive));
  }
}

std::string take_bytes(zip_source_t* source, const std::filesystem::path& path) {
  zip_stat_t info;
  if (zip_source_stat(source, &info) != 0 || zip_source_open(source) != 0) {
    fail_pack(path, zip_error_strerror(zip_source_error(source)));
  }
  std::string bytes(info.size, '\0');
  const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got != static_cast<zip_int64_t>(bytes.size())) fail_pack(path, "the archive came out short");
  return bytes;
}

}  // namespace

NpzArrays read_npz(const std::filesystem::path& path, const NpzLimits& limits) {
  return read_members(path, limits, [](const auto& archive, size_t member, const auto& where) {
    return parse_npy(archive.read(member), where);
  });
}

NpzArrays read_npz_headers(const std::filesystem::path& path, const NpzLimits& limits) {
  return read_members(path, limits, [](const auto& archive, size_t member, const auto& where) {
    return parse_npy_header(archive.read_start(member, kLongestNpyHeader),
                            archive.members()[member].size, where);
  });
}

NpyArray read_npz_array(const std::filesystem::path& path, const std::string& name,
                        const NpzLimits& limits) {
  const detail::ZipArchive archive(path, {limits.member_bytes, limits.total_bytes, limits.members});
  std::vector<std::string> names;
  for (size_t member = 0; member < archive.members().size(); ++member) {
    names.push_back(array_name(archive.members()[member].name, path.string()));
    if (names.back() == name) return parse_npy(archive.read(member), where_text(path, name));
  }
  throw Error(ErrorCode::data,
              "there is no array '" + name + "' in '" + path.string() + "', which has " +
                  (names.empty() ? "none" : join(names)),
              did_you_mean(name, names));
}

void write_npz(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, NpyArray>>& arrays, NpzPacking packing) {
  if (arrays.empty()) {  // libzip would delete the file instead
    return write_file_atomically(path, "PK\x05\x06" + std::string(18, '\0'));
  }
  std::vector<std::string> members;  // must outlive the archive
  members.reserve(arrays.size());
  for (const auto& [name, array] : arrays) members.push_back(format_npy(array));

  zip_error_t error;
  zip_error_init(&error);
  const ZipSource source(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!source) fail_pack(path, zip_error_strerror(&error));
  Archive archive(zip_open_from_source(source.get(), ZIP_CREATE | ZIP_TRUNCATE, &error));
  if (!archive) fail_pack(path, zip_error_strerror(&error));
  zip_source_keep(source.get());  // closing the archive gives up one reference
  for (size_t member = 0; member < members.size(); ++member) {
    add_member(archive.get(), arrays[member].first, members[member], packing, path);
  }
  if (zip_close(archive.get()) != 0) fail_pack(path, zip_strerror(archive.get()));
  (void)archive.release();  // closed
  write_file_atomically(path, take_bytes(source.get(), path));
}

void write_npz(const std::filesystem::path& path, const NpzArrays& arrays, NpzPacking packing) {
  write_npz(path, std::vector<std::pair<std::string, NpyArray>>(arrays.begin(), arrays.end()),
            packing);
}

}  // namespace v1
}  // namespace modhost
