#include "modhost/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

[[noreturn]] void fail(const std::string& what, const std::filesystem::path& path, int code) {
  throw Error(ErrorCode::io, "cannot " + what + " '" + path.string() + "': " + strerror(code));
}

// Closes the descriptor on every way out.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  int release() {
    const int value = value_;
    value_ = -1;
    return value;
  }
  int close() { return ::close(release()); }

 private:
  int value_;
};

// Returns 0 or the errno of the first failure.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.get() >= 0) ::fsync(descriptor.get());
}

// The descriptor of a regular file that is open for reading.
int open_regular(const std::filesystem::path& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) fail("read", path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("read", path, errno);
  if (S_ISDIR(status.st_mode)) fail("read", path, EISDIR);
  check(S_ISREG(status.st_mode), ErrorCode::io,
        "cannot read '" + path.string() + "': it is not a regular file");
  return file.release();
}

std::string read_up_to(int descriptor, uint64_t count, const std::filesystem::path& path) {
  std::string bytes(count, '\0');
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path, errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const std::filesystem::path temporary = path.string() + "." + std::to_string(::getpid()) + ".tmp";
  int failure = 0;
  {
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0) fail("write", path, errno);
    failure = write_all(file.get(), bytes);
    if (file.close() != 0 && failure == 0) failure = errno;
  }
  if (failure == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
  if (failure != 0) {
    ::unlink(temporary.c_str());
    fail("write", path, failure);
  }
  sync_folder(parent);
}

std::string read_file(const std::filesystem::path& path, uint64_t limit) {
  const Descriptor file(open_regular(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("read", path, errno);
  const auto size = static_cast<uint64_t>(status.st_size);
  check(size <= limit, ErrorCode::io,
        "'" + path.string() + "' holds " + std::to_string(size) + " bytes; at most " +
            std::to_string(limit) + " are read");
  return read_up_to(file.get(), size, path);
}

std::string read_start(const std::filesystem::path& path, uint64_t count) {
  const Descriptor file(open_regular(path));
  return read_up_to(file.get(), count, path);
}

void make_folder(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (failure) fail("create the folder", path, failure.value());
  if (!std::filesystem::is_directory(path)) fail("create the folder", path, ENOTDIR);
}

}  // namespace v1
}  // namespace modhost
