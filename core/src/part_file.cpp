#include "part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "modhost/error.h"
#include "modhost/files.h"

namespace modhost::core {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLongestOrigin = 1 << 14;

}  // namespace

PartFile::PartFile(fs::path target, const modhost::StopSignal& stop)
    : target_(std::move(target)), path_(target_.string() + ".part") {
  if (target_.has_parent_path()) make_folder(target_.parent_path());
  try {
    do {
      open(stop);
    } while (!is_still_there());
  } catch (...) {
    if (file_ >= 0) ::close(file_);
    throw;
  }
}

PartFile::~PartFile() {
  if (!finished_ && size_ == 0) {
    ::unlink(path_.c_str());
    ::unlink(origin_path().c_str());
  }
  ::close(file_);
}

void PartFile::open(const modhost::StopSignal& stop) {
  if (file_ >= 0) ::close(file_);
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
  if (file_ < 0) fail("write", errno);
  struct stat status {};
  if (::fstat(file_, &status) != 0) fail("write", errno);
  check(S_ISREG(status.st_mode), ErrorCode::io,
        "cannot write '" + path_.string() + "': it is not a regular file");
  while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail("lock", errno);
    waited_ = true;
    check(!stop.requested(), ErrorCode::interrupted,
          "interrupted while another modhost fetches '" + target_.string() + "'");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  if (::fstat(file_, &status) != 0) fail("write", errno);
  size_ = status.st_size;
}

// Whoever held the lock before may have renamed or removed the file that it was on.
bool PartFile::is_still_there() const {
  struct stat opened {
  }, named{};
  if (::fstat(file_, &opened) != 0) fail("write", errno);
  return ::stat(path_.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

void PartFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", errno);
    size_ += written;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void PartFile::restart() {
  if (::ftruncate(file_, 0) != 0) fail("write", errno);
  size_ = 0;
}

fs::path PartFile::origin_path() const { return path_.string() + ".from"; }

std::string PartFile::origin() const {
  std::error_code ignored;
  if (!fs::exists(origin_path(), ignored)) return "";
  return read_start(origin_path(), kLongestOrigin);
}

void PartFile::note_origin(const std::string& origin) {
  write_file_atomically(origin_path(), origin);
}

void PartFile::finish() {
  if (::fsync(file_) != 0 && errno != EINVAL) fail("write", errno);
  if (::rename(path_.c_str(), target_.c_str()) != 0) fail("rename", errno);
  ::unlink(origin_path().c_str());
  finished_ = true;
}

void PartFile::fail(const std::string& what, int reason) const {
  throw Error(ErrorCode::io, "cannot " + what + " '" + path_.string() + "': " + strerror(reason));
}

}  // namespace modhost::core
