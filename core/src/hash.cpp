#include "hash.h"

#include <fmt/format.h>

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

}  // namespace modhost::core
