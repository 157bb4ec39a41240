#include "modhost/idx.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string>

#include "modhost/count_text.h"
#include "modhost/error.h"
#include "modhost/files.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr uint64_t kLargestFile = uint64_t{1} << 31;
constexpr int kGzip = 16;  // added to zlib's window bits
constexpr int kWindow = 15;
constexpr uint8_t kUnsignedBytes = 8;  // the code of the element type

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::data, "cannot read '" + path.string() + "': " + what);
}

// The bytes of a file one after the other, unpacked when it is gzipped; never more than asked for.
class Bytes {
 public:
  explicit Bytes(const std::filesystem::path& path)
      : path_(path), file_(read_file(path, kLargestFile)) {
    gzipped_ = file_.size() >= 2 && file_[0] == '\x1f' && file_[1] == '\x8b';
    if (!gzipped_) return;
    check(inflateInit2(&stream_, kWindow + kGzip) == Z_OK, ErrorCode::internal,
          "zlib cannot be started");
    stream_.next_in = reinterpret_cast<Bytef*>(file_.data());
    stream_.avail_in = static_cast<uInt>(file_.size());
  }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  ~Bytes() {
    if (gzipped_) inflateEnd(&stream_);
  }

  // As many of `count` bytes as there are.
  uint64_t take(uint8_t* out, uint64_t count) {
    if (gzipped_) return unpack(out, count);
    const uint64_t taken = std::min<uint64_t>(count, file_.size() - at_);
    std::copy_n(file_.data() + at_, taken, out);
    at_ += taken;
    return taken;
  }

  // What is left when it is not packed; when it is, what could be in it at most: deflate does not
  // reach 1032 bytes for one.
  uint64_t most_left() const {
    return gzipped_ ? uint64_t{stream_.avail_in} * 1032 + (uint64_t{1} << 16) : file_.size() - at_;
  }

  // True when nothing follows; also checks the sum at the end of gzip.
  bool ended() {
    uint8_t more = 0;
    return take(&more, 1) == 0 && (!gzipped_ || stream_.avail_in == 0);
  }

 private:
  uint64_t unpack(uint8_t* out, uint64_t count) {
    uint64_t done = 0;
    while (done < count && !at_end_) {
      const uint64_t piece = std::min<uint64_t>(count - done, std::numeric_limits<uInt>::max());
      stream_.next_out = out + done;
      stream_.avail_out = static_cast<uInt>(piece);
      const int state = inflate(&stream_, Z_NO_FLUSH);
      done += piece - stream_.avail_out;
      at_end_ = state == Z_STREAM_END;
      if (state != Z_OK && state != Z_STREAM_END) {
        refuse(path_,
               state == Z_BUF_ERROR ? "its gzip stream is cut off" : "its gzip stream is damaged");
      }
    }
    return done;
  }

  std::filesystem::path path_;
  std::string file_;
  bool gzipped_ = false;
  bool at_end_ = false;
  uint64_t at_ = 0;
  z_stream stream_{};
};

std::string shape_text(const std::vector<int64_t>& shape) {
  std::vector<std::string> parts;
  for (const int64_t size : shape) parts.push_back(std::to_string(size));
  return "[" + join(parts) + "]";
}

std::vector<int64_t> read_shape(const std::filesystem::path& path, Bytes& bytes,
                                size_t dimensions) {
  uint8_t magic[4] = {};
  if (bytes.take(magic, 4) < 4 || magic[0] != 0 || magic[1] != 0) {
    refuse(path, "it is no IDX file: it does not start with two zeros, a type and a rank");
  }
  if (magic[2] != kUnsignedBytes) {
    refuse(path, "its elements are of IDX type " + std::to_string(magic[2]) +
                     ", needed are unsigned bytes (8)");
  }
  if (magic[3] != dimensions) {
    refuse(path, "it has " + std::to_string(magic[3]) + " dimensions, needed are " +
                     std::to_string(dimensions));
  }
  std::vector<int64_t> shape;
  for (size_t i = 0; i < dimensions; ++i) {
    uint8_t size[4] = {};
    if (bytes.take(size, 4) < 4) refuse(path, "it ends within its header");
    shape.push_back(int64_t{size[0]} << 24 | size[1] << 16 | size[2] << 8 | size[3]);
  }
  return shape;
}

// Elements of the shape; `most` + 1 for all that is more.
uint64_t elements_of(const std::vector<int64_t>& shape, uint64_t most) {
  uint64_t count = 1;
  for (const int64_t size : shape) {
    const auto factor = static_cast<uint64_t>(size);
    if (factor != 0 && count > most / factor) return most + 1;
    count *= factor;
  }
  return count;
}

void append_big_endian(std::string& out, uint64_t value) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 255);
}

}  // namespace

IdxArray read_idx(const std::filesystem::path& path, size_t dimensions, uint64_t most_bytes) {
  Bytes bytes(path);
  IdxArray array;
  array.shape = read_shape(path, bytes, dimensions);
  const uint64_t count = elements_of(array.shape, most_bytes);
  const std::string claim = "its header says " + shape_text(array.shape);
  if (count > most_bytes) {
    refuse(path, claim + ", more than " + count_text(static_cast<int64_t>(most_bytes)) + " bytes");
  }
  if (count > bytes.most_left()) refuse(path, claim + ", but the file is shorter");
  array.bytes.resize(count);
  if (bytes.take(array.bytes.data(), count) < count) refuse(path, claim + ", but it ends before");
  if (!bytes.ended()) refuse(path, claim + ", but it goes on after that");
  return array;
}

void write_idx_gz(const std::filesystem::path& path, const IdxArray& array) {
  constexpr uint64_t kMost = uint64_t{1} << 31;
  check(array.shape.size() < 256 && elements_of(array.shape, kMost) == array.bytes.size(),
        ErrorCode::internal,
        "an array of " + std::to_string(array.bytes.size()) + " bytes has the shape " +
            shape_text(array.shape));
  std::string plain{0, 0, kUnsignedBytes, static_cast<char>(array.shape.size())};
  for (const int64_t size : array.shape) append_big_endian(plain, static_cast<uint64_t>(size));
  plain.append(array.bytes.begin(), array.bytes.end());

  z_stream stream{};
  check(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kWindow + kGzip, 8,
                     Z_DEFAULT_STRATEGY) == Z_OK,
        ErrorCode::internal, "zlib cannot be started");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, deflateEnd);
  std::string packed(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  check(deflate(&stream, Z_FINISH) == Z_STREAM_END, ErrorCode::internal, "zlib cannot pack");
  packed.resize(packed.size() - stream.avail_out);
  write_file_atomically(path, packed);
}

}  // namespace v1
}  // namespace modhost
