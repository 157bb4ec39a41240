// Reading and writing the array files of NumPy: .npy (one array) and .npz (a ZIP of them).
//
//   NpzArrays arrays;
//   arrays.emplace("target", make_npy<int64_t>({}, {3}));
//   write_npz("RAVEN_0_train.npz", arrays);
//   int64_t target = read_npz("RAVEN_0_train.npz").at("target").scalar<int64_t>();
//
// Hostile files are expected: sizes are checked against the bytes that are really there before
// anything large is allocated, and every refusal is an Error(data) that names the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {

// One array as it lies in the file. Thread-compatible, like a std::vector.
struct NpyArray {
  std::string descr;           // "|u1", "<i8", "<f4", "<f8", "|b1", "|S18", "<U18", ...
  std::vector<int64_t> shape;  // () is a scalar
  bool fortran_order = false;  // true: `bytes` runs first index fastest; nothing is transposed here
  std::vector<uint8_t> bytes;  // exactly element_count() * item_size()

  int64_t element_count() const;
  size_t item_size() const;

  // The elements, in file order. T must be the element type of the file: uint8_t "|u1" or "|b1",
  // int8_t, (u)int16/32/64_t, float or double, little-endian; otherwise Error(data) tells both.
  template <typename T>
  std::vector<T> values() const;

  // The value of an array with exactly one element.
  template <typename T>
  T scalar() const;

  // The strings of a "|S.." or "<U.." array; the padding is removed, "<U" becomes UTF-8.
  std::vector<std::string> strings() const;

  // Refuses an array of another element type or shape; -1 in `expected` allows any length.
  // `name` is how the message calls the array.
  void expect(const std::string& name, std::string_view expected_descr,
              const std::vector<int64_t>& expected) const;
};

// By name, without ".npy", in alphabetic order.
using NpzArrays = std::map<std::string, NpyArray>;

// What a file may claim before it is refused.
struct NpzLimits {
  uint64_t member_bytes = uint64_t{1} << 32;  // one array, unpacked
  uint64_t total_bytes = uint64_t{1} << 33;   // all arrays, unpacked
  uint64_t members = 4096;
};

// The bytes of a .npy file, versions 1.0, 2.0 and 3.0. `where` names the source in messages.
NpyArray parse_npy(std::string_view bytes, const std::string& where);
// As much of it as a header can need, of `size` bytes in all -> the array without its elements.
constexpr uint64_t kLongestNpyHeader = 64 * 1024 + 12;
NpyArray parse_npy_header(std::string_view start, uint64_t size, const std::string& where);
// Version 1.0 (2.0 when the header is too long for it); the header is padded to 64 bytes.
std::string format_npy(const NpyArray& array);
NpyArray read_npy(const std::filesystem::path& path, const NpzLimits& limits = {});

// Members may be stored or deflated. Members whose names do not end in ".npy" are refused.
NpzArrays read_npz(const std::filesystem::path& path, const NpzLimits& limits = {});
// Types and shapes alone: `bytes` stays empty, and no elements are unpacked. The sizes are those of
// the members as the archive tells them.
NpzArrays read_npz_headers(const std::filesystem::path& path, const NpzLimits& limits = {});
// One array of the file. Error(data) with the nearest when there is none of that name.
NpyArray read_npz_array(const std::filesystem::path& path, const std::string& name,
                        const NpzLimits& limits = {});

enum class NpzPacking { stored, deflated };
// The layout of np.savez (stored) or np.savez_compressed (deflated). The same arrays give the same
// bytes at any time; the file appears whole or not at all.
void write_npz(const std::filesystem::path& path, const NpzArrays& arrays,
               NpzPacking packing = NpzPacking::stored);
// The same, with the members in the given order.
void write_npz(const std::filesystem::path& path,
               const std::vector<std::pair<std::string, NpyArray>>& arrays,
               NpzPacking packing = NpzPacking::stored);

// Arrays from values; the number of values must be the product of the shape.
template <typename T>
NpyArray make_npy(std::vector<int64_t> shape, const std::vector<T>& values);
// "|S<n>" with n the length of the longest string (at least 1).
NpyArray make_npy_strings(const std::vector<std::string>& values);

namespace detail {
template <typename T>
const char* npy_descr();
// clang-format off
template <> const char* npy_descr<uint8_t>();
template <> const char* npy_descr<int8_t>();
template <> const char* npy_descr<uint16_t>();
template <> const char* npy_descr<int16_t>();
template <> const char* npy_descr<uint32_t>();
template <> const char* npy_descr<int32_t>();
template <> const char* npy_descr<uint64_t>();
template <> const char* npy_descr<int64_t>();
template <> const char* npy_descr<float>();
template <> const char* npy_descr<double>();
// clang-format on
void check_npy_count(const std::vector<int64_t>& shape, size_t count);
[[noreturn]] void fail_npy_type(const std::string& seen, const std::string& needed);
[[noreturn]] void fail_npy_scalar(int64_t count);
}  // namespace detail

template <typename T>
std::vector<T> NpyArray::values() const {
  const bool bool_as_byte = sizeof(T) == 1 && descr == "|b1";
  if (descr != detail::npy_descr<T>() && !bool_as_byte) {
    detail::fail_npy_type(descr, detail::npy_descr<T>());
  }
  std::vector<T> result(bytes.size() / sizeof(T));
  if (!result.empty()) std::memcpy(result.data(), bytes.data(), result.size() * sizeof(T));
  return result;
}

template <typename T>
T NpyArray::scalar() const {
  if (element_count() != 1) detail::fail_npy_scalar(element_count());
  return values<T>().front();
}

template <typename T>
NpyArray make_npy(std::vector<int64_t> shape, const std::vector<T>& values) {
  detail::check_npy_count(shape, values.size());
  NpyArray array;
  array.descr = detail::npy_descr<T>();
  array.shape = std::move(shape);
  array.bytes.resize(values.size() * sizeof(T));
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

}  // namespace v1
}  // namespace modhost
