// SHA-256 (FIPS 180-4): tells whether a file that came over the network is the one that was meant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace modhost::core {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // 64 lower-case hexadecimal digits; nothing may follow.
  std::string hex();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Of the whole file; `advanced` is told the bytes read so far and may throw. Error(io) when the
// file cannot be read.
std::string file_sha256(const std::filesystem::path& path,
                        const std::function<void(int64_t)>& advanced);

}  // namespace modhost::core
