// One .npy array: a magic string, a header that is a Python dict literal, and the raw elements.
#include <algorithm>
#include <cctype>
#include <limits>

#include "modhost/files.h"
#include "modhost/npz.h"

namespace modhost {
inline namespace v1 {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kAlign = 64;
constexpr size_t kMaxHeader = 64 * 1024;  // NumPy itself refuses headers above 10,000 bytes
constexpr size_t kMaxDimensions = 32;
constexpr uint64_t kMaxItem = 1 << 20;

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::data, "cannot read '" + where + "': " + what);
}

// Reads exactly the dict literals NumPy writes, and nothing else of Python.
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  NpyArray read() {
    NpyArray array;
    bool seen[3] = {false, false, false};
    expect('{');
    while (!accept('}')) {
      const std::string key = string_literal();
      expect(':');
      const int which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
      if (which < 0 || seen[which]) fail(where_, "unexpected header key '" + printable(key) + "'");
      seen[which] = true;
      if (which == 0) array.descr = string_literal();
      if (which == 1) array.fortran_order = boolean();
      if (which == 2) array.shape = tuple();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (position_ != text_.size()) fail(where_, "text after the end of the header");
    if (!seen[0] || !seen[1] || !seen[2]) {
      fail(where_, "the header needs 'descr', 'fortran_order' and 'shape'");
    }
    return array;
  }

 private:
  static std::string printable(const std::string& text) {
    std::string result;
    for (char c : text.substr(0, 40))
      result += std::isprint(static_cast<unsigned char>(c)) ? c : '?';
    return result;
  }

  void skip_space() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) {
      ++position_;
    }
  }
  bool accept(char c) {
    skip_space();
    if (position_ >= text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(where_, std::string("malformed header, '") + c + "' expected");
  }
  std::string string_literal() {
    skip_space();
    const char quote = position_ < text_.size() ? text_[position_] : '\0';
    if (quote != '\'' && quote != '"') {
      fail(where_, "malformed header, a quoted word expected (structured types are not supported)");
    }
    const size_t end = text_.find(quote, position_ + 1);
    if (end == std::string_view::npos) fail(where_, "malformed header, unfinished word");
    std::string word(text_.substr(position_ + 1, end - position_ - 1));
    position_ = end + 1;
    return word;
  }
  bool boolean() {
    skip_space();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(position_, word.size()) == word) {
        position_ += word.size();
        return value;
      }
    }
    fail(where_, "malformed header, 'fortran_order' must be True or False");
  }
  std::vector<int64_t> tuple() {
    std::vector<int64_t> shape;
    expect('(');
    while (!accept(')')) {
      shape.push_back(integer());
      if (shape.size() > kMaxDimensions) fail(where_, "more than 32 dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return shape;
  }
  int64_t integer() {
    skip_space();
    int64_t value = 0;
    const size_t start = position_;
    while (position_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[position_]))) {
      if (value > std::numeric_limits<int64_t>::max() / 10 - 1) fail(where_, "length out of range");
      value = value * 10 + (text_[position_++] - '0');
    }
    if (position_ == start) fail(where_, "malformed header, a length expected");
    if (position_ < text_.size() && text_[position_] == 'L') ++position_;  // written by Python 2
    return value;
  }

  std::string_view text_;
  const std::string& where_;
  size_t position_ = 0;
};

// Bytes of one element, 0 for a type that is not supported.
uint64_t item_size_of(const std::string& descr) {
  if (descr.size() < 3 || descr.size() > 9) return 0;
  uint64_t count = 0;
  for (size_t digit = 2; digit < descr.size(); ++digit) {
    if (!std::isdigit(static_cast<unsigned char>(descr[digit]))) return 0;
    count = count * 10 + static_cast<uint64_t>(descr[digit] - '0');
  }
  const char order = descr[0];
  const char kind = descr[1];
  if (kind == 'S') return order == '|' && count <= kMaxItem ? count : 0;
  if (kind == 'U') return order == '<' && count <= kMaxItem ? 4 * count : 0;
  if (count == 1) return order == '|' && (kind == 'u' || kind == 'i' || kind == 'b') ? 1 : 0;
  if (order != '<') return 0;
  if (count == 2 || count == 4 || count == 8) {
    return kind == 'u' || kind == 'i' || kind == 'f' ? count : 0;
  }
  return 0;
}

// The product of the shape; false when it is above `limit`.
bool count_elements(const std::vector<int64_t>& shape, uint64_t limit, uint64_t& count) {
  count = std::find(shape.begin(), shape.end(), 0) == shape.end() ? 1 : 0;
  for (const int64_t length : shape) {
    if (length < 0) return false;
    if (count == 0) continue;
    if (count > limit / static_cast<uint64_t>(length)) return false;
    count *= static_cast<uint64_t>(length);
  }
  return true;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "(";
  for (const int64_t length : shape) text += std::to_string(length) + ", ";
  if (shape.size() > 1) text.resize(text.size() - 2);
  if (shape.size() == 1) text.pop_back();
  return text + ")";
}

void append_utf8(uint32_t code, std::string& text) {
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | (code >> 6));
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | (code >> 12));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | (code >> 18));
    text += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
    text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    text += static_cast<char>(0x80 | (code & 0x3f));
  }
}

uint64_t little_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t byte = bytes.size(); byte-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[byte]);
  }
  return value;
}

struct Header {
  NpyArray array;   // without its elements
  uint64_t length;  // bytes before the first element
};

// bytes: the start of the file, or all of it; size: of the whole file.
Header read_header(std::string_view bytes, uint64_t size, const std::string& where) {
  if (bytes.size() < 10 || bytes.substr(0, 6) != kMagic) fail(where, "no .npy file");
  const auto version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3 || bytes[7] != 0) {
    fail(where, ".npy version " + std::to_string(version) + ", versions 1 to 3 are supported");
  }
  const size_t length_bytes = version == 1 ? 2 : 4;
  const size_t start = 8 + length_bytes;
  if (bytes.size() < start) fail(where, "the header is cut off");
  const uint64_t length = little_endian(bytes.substr(8, length_bytes));
  if (length > kMaxHeader || length > bytes.size() - start) {
    fail(where, "claims a header of " + std::to_string(length) + " bytes");
  }
  NpyArray array = HeaderReader(bytes.substr(start, length), where).read();
  const uint64_t item = item_size_of(array.descr);
  if (item == 0) fail(where, "element type '" + array.descr + "' is not supported");
  const uint64_t data = size - start - length;
  uint64_t count = 0;
  if (!count_elements(array.shape, data / item, count) || count * item != data) {
    fail(where, "holds " + std::to_string(data) + " bytes of data, which is not '" + array.descr +
                    "' " + shape_text(array.shape));
  }
  return {std::move(array), start + length};
}

}  // namespace

int64_t NpyArray::element_count() const {
  uint64_t count = 0;
  if (!count_elements(shape, uint64_t{1} << 62, count)) {
    throw Error(ErrorCode::data, "array shape " + shape_text(shape) + " is out of range");
  }
  return static_cast<int64_t>(count);
}

size_t NpyArray::item_size() const { return item_size_of(descr); }

std::vector<std::string> NpyArray::strings() const {
  const bool wide = descr.size() > 1 && descr[1] == 'U';
  if (!wide && (descr.size() < 2 || descr[1] != 'S')) {
    detail::fail_npy_type(descr, "|S.. or <U..");
  }
  const size_t item = item_size();
  std::vector<std::string> result;
  for (size_t start = 0; item > 0 && start + item <= bytes.size(); start += item) {
    std::string_view raw(reinterpret_cast<const char*>(bytes.data()) + start, item);
    std::string text;
    if (wide) {
      for (size_t at = 0; at < item; at += 4) {
        const auto code = static_cast<uint32_t>(little_endian(raw.substr(at, 4)));
        if (code == 0) break;
        if (code > 0x10ffff) throw Error(ErrorCode::data, "array text holds an invalid character");
        append_utf8(code, text);
      }
    } else {
      text = raw.substr(0, std::min(raw.find('\0'), raw.size()));
    }
    result.push_back(std::move(text));
  }
  return result;
}

void NpyArray::expect(const std::string& name, std::string_view expected_descr,
                      const std::vector<int64_t>& expected) const {
  bool fits = descr == expected_descr && shape.size() == expected.size() && !fortran_order;
  for (size_t axis = 0; fits && axis < shape.size(); ++axis) {
    fits = expected[axis] < 0 || expected[axis] == shape[axis];
  }
  if (fits) return;
  throw Error(ErrorCode::data, "array '" + name + "' is '" + descr + "' " + shape_text(shape) +
                                   (fortran_order ? " in Fortran order" : "") + ", needed '" +
                                   std::string(expected_descr) + "' " + shape_text(expected));
}

NpyArray parse_npy_header(std::string_view start, uint64_t size, const std::string& where) {
  return read_header(start, size, where).array;
}

NpyArray parse_npy(std::string_view bytes, const std::string& where) {
  Header header = read_header(bytes, bytes.size(), where);
  const std::string_view data = bytes.substr(header.length);
  header.array.bytes.assign(data.begin(), data.end());
  return std::move(header.array);
}

std::string format_npy(const NpyArray& array) {
  if (array.item_size() == 0 ||
      array.bytes.size() != static_cast<uint64_t>(array.element_count()) * array.item_size()) {
    throw Error(ErrorCode::internal, "array of " + std::to_string(array.bytes.size()) +
                                         " bytes is not '" + array.descr + "' " +
                                         shape_text(array.shape));
  }
  std::string header = "{'descr': '" + array.descr +
                       "', 'fortran_order': " + (array.fortran_order ? "True" : "False") +
                       ", 'shape': ";
  header += (array.shape.empty() ? "()" : shape_text(array.shape)) + ", }";
  const size_t prefix = header.size() + 1 + 10 <= 0xffff ? 10 : 12;
  header.append((kAlign - (prefix + header.size() + 1) % kAlign) % kAlign, ' ');
  header += '\n';
  std::string bytes(kMagic);
  bytes += prefix == 10 ? '\x01' : '\x02';
  bytes += '\0';
  for (size_t byte = 0; byte < prefix - 8; ++byte) {
    bytes += static_cast<char>(header.size() >> (8 * byte) & 0xff);
  }
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
  return bytes;
}

NpyArray read_npy(const std::filesystem::path& path, const NpzLimits& limits) {
  return parse_npy(read_file(path, limits.member_bytes), path.string());
}

NpyArray make_npy_strings(const std::vector<std::string>& values) {
  size_t width = 1;
  for (const std::string& value : values) width = std::max(width, value.size());
  NpyArray array;
  array.descr = "|S" + std::to_string(width);
  array.shape = {static_cast<int64_t>(values.size())};
  for (const std::string& value : values) {
    array.bytes.insert(array.bytes.end(), value.begin(), value.end());
    array.bytes.insert(array.bytes.end(), width - value.size(), 0);
  }
  return array;
}

namespace detail {

// clang-format off
template <> const char* npy_descr<uint8_t>() { return "|u1"; }
template <> const char* npy_descr<int8_t>() { return "|i1"; }
template <> const char* npy_descr<uint16_t>() { return "<u2"; }
template <> const char* npy_descr<int16_t>() { return "<i2"; }
template <> const char* npy_descr<uint32_t>() { return "<u4"; }
template <> const char* npy_descr<int32_t>() { return "<i4"; }
template <> const char* npy_descr<uint64_t>() { return "<u8"; }
template <> const char* npy_descr<int64_t>() { return "<i8"; }
template <> const char* npy_descr<float>() { return "<f4"; }
template <> const char* npy_descr<double>() { return "<f8"; }
// clang-format on

void check_npy_count(const std::vector<int64_t>& shape, size_t count) {
  uint64_t needed = 0;
  if (count_elements(shape, uint64_t{1} << 62, needed) && needed == count) return;
  throw Error(ErrorCode::internal,
              std::to_string(count) + " values do not fill an array of shape " + shape_text(shape));
}

void fail_npy_type(const std::string& seen, const std::string& needed) {
  throw Error(ErrorCode::data,
              "array elements are of type '" + seen + "', needed '" + needed + "'");
}

void fail_npy_scalar(int64_t count) {
  throw Error(ErrorCode::data, "array has " + std::to_string(count) + " elements, needed one");
}

}  // namespace detail

}  // namespace v1
}  // namespace modhost
