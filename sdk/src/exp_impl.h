// Vectors of MODHOST_LANES floats and their exponential, for kernels that are compiled once for
// each instruction set (MODHOST_ISA names their namespace).
#pragma once

#include <cstdint>
#include <cstring>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

constexpr int kLanes = MODHOST_LANES;
typedef int32_t I32 __attribute__((vector_size(4 * kLanes)));
typedef float F32 __attribute__((vector_size(4 * kLanes)));

template <typename V, typename T>
inline V load(const T* from) {
  V out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
template <typename V, typename T>
inline void store(T* to, V value) {
  std::memcpy(to, &value, sizeof value);
}
inline F32 all(float value) { return F32{} + value; }
inline F32 min(F32 a, F32 b) { return a < b ? a : b; }
inline F32 max(F32 a, F32 b) { return a > b ? a : b; }

// exp(x) with x clamped to +-kBound, to 2 units in the last place: Cody and Waite reduction,
// polynomial of degree 6 (Cephes' expf).
template <int kBound>
inline F32 exp_within(F32 x) {
  constexpr auto kEdge = static_cast<float>(kBound);
  const F32 y = min(max(x, all(-kEdge)), all(kEdge));
  const F32 shifted = y * 1.44269504088896341F + 12582912.0F;  // rounds to a whole number
  const F32 whole = shifted - 12582912.0F;
  const F32 r = (y - whole * 0.693359375F) + whole * 2.12194440e-4F;
  F32 p = all(1.9875691500e-4F);
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  const I32 power = (__builtin_convertvector(whole, I32) + 127) << 23;
  return p * reinterpret_cast<F32>(power);
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
