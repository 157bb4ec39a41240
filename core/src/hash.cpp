#include "hash.h"

#include <fmt/format.h>

#include <map>

#include "modhost/error.h"
#include "modhost/files.h"

namespace modhost::core {

uint64_t fnv1a(std::string_view bytes) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= UINT64_C(0x100000001b3);
  }
  return hash;
}

std::string hash_text(std::string_view bytes) { return fmt::format("{:016x}", fnv1a(bytes)); }

std::string file_hash(const std::filesystem::path& path) {
  try {
    return hash_text(read_file(path));
  } catch (const Error&) {
    return "";
  }
}

std::string content_hash(const std::filesystem::path& path) {
  std::error_code failure;
  if (!std::filesystem::is_directory(path, failure)) return file_hash(path);
  std::map<std::string, std::string> hashes;
  for (const auto& entry : std::filesystem::directory_iterator(path, failure)) {
    if (entry.is_regular_file(failure)) {
      hashes[entry.path().filename().string()] = file_hash(entry.path());
    }
  }
  std::string text;
  for (const auto& [name, hash] : hashes) text += name + " " + hash + "\n";
  return hash_text(text);
}

}  // namespace modhost::core
