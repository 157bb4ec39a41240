// FNV-1a, 64 bits: tells configs and files apart. No protection against forgery.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace modhost::core {

uint64_t fnv1a(std::string_view bytes);

// 16 hexadecimal digits.
std::string hash_text(std::string_view bytes);

// hash_text() of a file's content, or "" when it cannot be read.
std::string file_hash(const std::filesystem::path& path);

// The same of a file, or of all files in a folder with their names.
std::string content_hash(const std::filesystem::path& path);

}  // namespace modhost::core
