// The one source of the kernels of lstm_kernels.h; see mask_kernels_impl.h for how it is compiled.
#pragma once

#include <cstring>

#include "exp_impl.h"
#include "lstm_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

inline F32 sigmoid(F32 x) { return 1.0F / (1.0F + exp_within<40>(-x)); }

// Near zero the series keeps the relative precision that 1 - 2/(1 + exp(2x)) loses.
inline F32 tanh(F32 x) {
  const F32 square = x * x;
  const F32 series =
      x * (1.0F + square * (-1.0F / 3 + square * (2.0F / 15 + square * (-17.0F / 315))));
  const F32 far = 1.0F - 2.0F / (1.0F + exp_within<40>(x + x));
  return square < 0.03F ? series : far;
}

inline void forward_vector(int64_t units, const float* sums, const float* c_before, float* gates,
                           float* c, float* h, int64_t at) {
  const F32 i = sigmoid(load<F32>(sums + at));
  const F32 f = sigmoid(load<F32>(sums + units + at));
  const F32 g = tanh(load<F32>(sums + 2 * units + at));
  const F32 o = sigmoid(load<F32>(sums + 3 * units + at));
  store(gates + at, i);
  store(gates + units + at, f);
  store(gates + 2 * units + at, g);
  store(gates + 3 * units + at, o);
  const F32 next = f * load<F32>(c_before + at) + i * g;
  store(c + at, next);
  store(h + at, o * tanh(next));
}

inline void backward_vector(int64_t units, const float* gates, const float* c_before,
                            const float* c, const float* dh, float* dc, float* dsums, int64_t at) {
  const F32 i = load<F32>(gates + at), f = load<F32>(gates + units + at);
  const F32 g = load<F32>(gates + 2 * units + at), o = load<F32>(gates + 3 * units + at);
  const F32 t = tanh(load<F32>(c + at)), from_h = load<F32>(dh + at);
  const F32 dcell = load<F32>(dc + at) + from_h * o * (1.0F - t * t);
  store(dsums + at, dcell * g * i * (1.0F - i));
  store(dsums + units + at, dcell * load<F32>(c_before + at) * f * (1.0F - f));
  store(dsums + 2 * units + at, dcell * i * (1.0F - g * g));
  store(dsums + 3 * units + at, from_h * t * o * (1.0F - o));
  store(dc + at, dcell * f);
}

constexpr int64_t kMostRest = kLanes;  // units that fill no whole vector go through padded copies

void forward(int64_t units, const float* sums, const float* c_before, float* gates, float* c,
             float* h) {
  int64_t at = 0;
  for (; at + kLanes <= units; at += kLanes) forward_vector(units, sums, c_before, gates, c, h, at);
  const int64_t rest = units - at;
  if (rest == 0) return;
  const size_t bytes = static_cast<size_t>(rest) * sizeof(float);
  float from[4 * kMostRest] = {}, to[4 * kMostRest], before[kMostRest] = {};
  float cell[kMostRest], out[kMostRest];
  for (int gate = 0; gate < 4; ++gate) {
    std::memcpy(from + gate * kLanes, sums + gate * units + at, bytes);
  }
  std::memcpy(before, c_before + at, bytes);
  forward_vector(kLanes, from, before, to, cell, out, 0);
  for (int gate = 0; gate < 4; ++gate) {
    std::memcpy(gates + gate * units + at, to + gate * kLanes, bytes);
  }
  std::memcpy(c + at, cell, bytes);
  std::memcpy(h + at, out, bytes);
}

void backward(int64_t units, const float* gates, const float* c_before, const float* c,
              const float* dh, float* dc, float* dsums) {
  int64_t at = 0;
  for (; at + kLanes <= units; at += kLanes) {
    backward_vector(units, gates, c_before, c, dh, dc, dsums, at);
  }
  const int64_t rest = units - at;
  if (rest == 0) return;
  const size_t bytes = static_cast<size_t>(rest) * sizeof(float);
  float padded[4 * kMostRest] = {}, sums[4 * kMostRest];
  float before[kMostRest] = {}, cell[kMostRest] = {}, from_h[kMostRest] = {}, later[kMostRest] = {};
  for (int gate = 0; gate < 4; ++gate) {
    std::memcpy(padded + gate * kLanes, gates + gate * units + at, bytes);
  }
  std::memcpy(before, c_before + at, bytes);
  std::memcpy(cell, c + at, bytes);
  std::memcpy(from_h, dh + at, bytes);
  std::memcpy(later, dc + at, bytes);
  backward_vector(kLanes, padded, before, cell, from_h, later, sums, 0);
  for (int gate = 0; gate < 4; ++gate) {
    std::memcpy(dsums + gate * units + at, sums + gate * kLanes, bytes);
  }
  std::memcpy(dc + at, later, bytes);
}

}  // namespace
}  // namespace MODHOST_ISA

}  // namespace detail
}  // namespace v1
}  // namespace modhost
