// Reading the members of a ZIP archive that may be hostile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {

// What an archive may claim before it is refused.
struct ZipLimits {
  uint64_t member_bytes;  // one member, unpacked
  uint64_t total_bytes;   // all members, unpacked
  uint64_t members;
};

// Generous for anything honest and small for a bomb: stored members can hold no more than the file,
// deflated ones a hundred times as much, and 256 MiB are always allowed (zeros pack 1000 to 1).
ZipLimits zip_limits_for(const std::filesystem::path& path);

// The list of members is read and checked at once, the members themselves when asked for. Every
// refusal is an Error(data) that names the file. Members may be stored or deflated.
class ZipArchive {
 public:
  ZipArchive(const std::filesystem::path& path, const ZipLimits& limits);
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;
  ~ZipArchive();

  struct Member {
    std::string name;
    uint64_t size;  // unpacked
  };
  const std::vector<Member>& members() const { return members_; }
  const std::string& path() const { return path_; }

  // The whole member, its checksum compared. Memory follows the bytes that are really there.
  std::string read(size_t member) const;
  // The first `count` bytes of it, or as many as there are; its checksum is not compared.
  std::string read_start(size_t member, uint64_t count) const;

 private:
  struct Handle;
  std::string path_;
  std::unique_ptr<Handle> handle_;
  std::vector<Member> members_;
};

}  // namespace detail
}  // namespace v1
}  // namespace modhost
