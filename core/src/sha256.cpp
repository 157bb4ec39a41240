#include "sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "modhost/error.h"

namespace modhost::core {
namespace {

void must(int done) { check(done == 1, ErrorCode::internal, "OpenSSL cannot compute SHA-256"); }

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* value = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(value); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  must(EVP_DigestInit_ex(context_->value, EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  must(EVP_DigestUpdate(context_->value, bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  must(EVP_DigestFinal_ex(context_->value, digest.data(), &size));
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < size; ++i) {
    text += kDigits[digest[i] >> 4];
    text += kDigits[digest[i] & 15];
  }
  return text;
}

std::string file_sha256(const std::filesystem::path& path,
                        const std::function<void(int64_t)>& advanced) {
  const auto cannot = [&path] {
    return Error(ErrorCode::io, "cannot read '" + path.string() + "': " + strerror(errno));
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             std::fclose);
  if (file == nullptr) throw cannot();
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  int64_t done = 0;
  while (true) {
    const size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (std::ferror(file.get()) != 0) throw cannot();
    if (got == 0) return hash.hex();
    hash.update({buffer.data(), got});
    done += static_cast<int64_t>(got);
    advanced(done);
  }
}

}  // namespace modhost::core
