// Eight doubles as one value, whatever the registers of the instruction set MODHOST_ISA hold.
#pragma once

#include <cstring>

#include "cluster_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

typedef double Pack __attribute__((vector_size(8 * kPack)));
typedef int64_t PackMask __attribute__((vector_size(8 * kPack)));  // all bits of an entry, or none

#define MODHOST_INLINE inline __attribute__((always_inline))

template <typename V, typename T>
MODHOST_INLINE V load(const T* from) {
  V out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
MODHOST_INLINE Pack load(const double* from) { return load<Pack, double>(from); }
template <typename V, typename T>
MODHOST_INLINE void store(T* to, V value) {
  std::memcpy(to, &value, sizeof value);
}

// The first `count` entries; the others are 0.
template <typename V, typename T>
MODHOST_INLINE V load_some(const T* from, int64_t count) {
  V out{};
  std::memcpy(&out, from, sizeof(T) * static_cast<size_t>(count));
  return out;
}
template <typename V, typename T>
MODHOST_INLINE void store_some(T* to, V value, int64_t count) {
  std::memcpy(to, &value, sizeof(T) * static_cast<size_t>(count));
}

MODHOST_INLINE double sum(Pack v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

MODHOST_INLINE PackMask lanes() { return PackMask{0, 1, 2, 3, 4, 5, 6, 7}; }

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
