// The one source of the kernels of mask_kernels.h. Each file that includes it is compiled for
// another instruction set, names it MODHOST_ISA and gives the number of float lanes MODHOST_LANES.
// Vectors are those of the compiler; only the widening multiplication needs an intrinsic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "exp_impl.h"
#include "mask_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

typedef uint32_t U32 __attribute__((vector_size(4 * kLanes)));
typedef uint64_t U64 __attribute__((vector_size(4 * kLanes)));  // half as many lanes

// Product of the lower halves of each 64-bit lane.
inline U64 wide_product(U64 a, U64 b) {
#if MODHOST_LANES == 16 && defined(__AVX512F__)
  return reinterpret_cast<U64>(
      _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif MODHOST_LANES == 8 && defined(__AVX2__)
  return reinterpret_cast<U64>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif MODHOST_LANES == 4 && defined(__SSE2__)
  return reinterpret_cast<U64>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  constexpr uint64_t kLow = 0xffffffff;
  return (a & kLow) * (b & kLow);
#endif
}

// The upper halves moved down; a shuffle, for the shifter is busy with the multiplications.
inline U64 upper(U64 value) {
  U32 from;
  for (int i = 0; i < kLanes; ++i) from[i] = static_cast<uint32_t>(i | 1);
  return reinterpret_cast<U64>(__builtin_shuffle(reinterpret_cast<U32>(value), from));
}

// Four words for each of kLanes counters.
struct Words {
  U32 word[kGroup];
};

// Philox4x32 for half of the lanes: 32-bit values live in the lower halves of 64-bit lanes, and
// what is left in the upper halves is never looked at.
struct HalfState {
  U64 c0, c1, c2, c3;
  inline void round(U64 k0, U64 k1) {
    const U64 p0 = wide_product(c0, U64{} + uint64_t{0xD2511F53});
    const U64 p1 = wide_product(c2, U64{} + uint64_t{0xCD9E8D57});
    c0 = upper(p1) ^ c1 ^ k0;
    c2 = upper(p0) ^ c3 ^ k1;
    c1 = p1;
    c3 = p0;
  }
};

inline U32 interleaved(U64 even, U64 odd) {
  constexpr uint64_t kLow = 0xffffffff;
  return reinterpret_cast<U32>((even & kLow) | (odd << 32));
}

inline Words random_words(const MaskStream& stream, U32 counter) {
  const U64 pair = reinterpret_cast<U64>(counter);
  HalfState even{pair, U64{} + stream.group, U64{} + (stream.step & 0xffffffff),
                 U64{} + (stream.step >> 32)};
  HalfState odd = even;
  odd.c0 = pair >> 32;
  auto k0 = static_cast<uint32_t>(stream.key);
  auto k1 = static_cast<uint32_t>(stream.key >> 32);
  for (int round = 0; round < kMaskRounds; ++round) {
    const U64 key0 = U64{} + k0, key1 = U64{} + k1;
    even.round(key0, key1);
    odd.round(key0, key1);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {{interleaved(even.c0, odd.c0), interleaved(even.c1, odd.c1), interleaved(even.c2, odd.c2),
           interleaved(even.c3, odd.c3)}};
}

inline F32 exp_minus(F32 logit) { return exp_within<static_cast<int>(kLogitBound)>(-logit); }

inline U32 counters(uint32_t first) {
  U32 lane;
  for (int i = 0; i < kLanes; ++i) lane[i] = static_cast<uint32_t>(i);
  return lane + first;
}

// The 16 bits of sample j for the first (half 0) or second 16 columns of a block: 0 .. 2^16 - 1.
template <int kHalf>
inline I32 bits_of(const Words& words, int j) {
  return reinterpret_cast<I32>(kHalf == 0 ? words.word[j] & 0xffff : words.word[j] >> 16);
}

// The uniform u = (n + 1/2) 2^-16 and (1-u) exp(-logit). The relaxed bit s = sigmoid((logit +
// logit(u)) / tau) exceeds 1/2, and the weight is kept, when the second is less than the first.
struct Drawn {
  F32 u, a;
  inline Drawn(I32 n, F32 odds)
      : u((__builtin_convertvector(n, F32) + 0.5F) * 0x1p-16F), a((1.0F - u) * odds) {}
  inline I32 kept() const { return a < u; }
};

// One bit for each lane of a comparison, and back.
inline uint32_t packed(I32 kept) {
#if MODHOST_LANES == 16 && defined(__AVX512DQ__)
  return _mm512_movepi32_mask(reinterpret_cast<__m512i>(kept));
#elif MODHOST_LANES == 8 && defined(__AVX2__)
  return static_cast<uint32_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(kept)));
#else
  uint32_t bits = 0;
  for (int i = 0; i < kLanes; ++i) bits |= (kept[i] != 0 ? 1U : 0U) << i;
  return bits;
#endif
}
inline I32 unpacked(uint32_t bits) {
  I32 lane;
  for (int i = 0; i < kLanes; ++i) lane[i] = 1 << i;
  return ((I32{} + static_cast<int32_t>(bits)) & lane) != 0;
}

template <int kSamples, int kHalf>
inline void sample_vector(const Words& words, const float* weight, const float* logits,
                          float* const* out, int64_t at, bool wanted, uint32_t (&bits)[kSamples]) {
  const F32 odds = exp_minus(load<F32>(logits + at));
  const I32 value = load<I32>(weight + at);
  for (int j = 0; j < kSamples; ++j) {
    const I32 kept = Drawn(bits_of<kHalf>(words, j), odds).kept();
    store(out[j] + at, value & kept);
    if (wanted) bits[j] |= packed(kept) << (at % kBlock);
  }
}

template <int kSamples>
inline void sample_block(const MaskStream& stream, uint32_t counter, const float* weight,
                         const float* logits, float* const* out, int64_t at, uint32_t* const* bits,
                         int64_t block) {
  const bool wanted = bits != nullptr;
  uint32_t kept[kSamples] = {};
  for (int lane = 0; lane < kBlock / 2; lane += kLanes) {
    const Words words = random_words(stream, counters(counter + lane));
    sample_vector<kSamples, 0>(words, weight, logits, out, at + lane, wanted, kept);
    sample_vector<kSamples, 1>(words, weight, logits, out, at + lane + kBlock / 2, wanted, kept);
  }
  if (!wanted) return;
  for (int j = 0; j < kSamples; ++j) bits[j][block] = kept[j];
}

// Slopes of kGroup samples of one weight vector: with q = (1-u)/u exp(-logit) and z = q^(1/tau), s
// = 1/(1+z), it is s (1-s) / tau = z / (tau (1+z)^2). With d = u + a that is a u / d^2 at tau = 1;
// the four reciprocals cost one division.
struct SlopeTauOne {
  static inline void fill(const Drawn (&draw)[kGroup], F32 (&slope)[kGroup]) {
    F32 d[kGroup];
    for (int j = 0; j < kGroup; ++j) d[j] = draw[j].u + draw[j].a;
    const F32 d01 = d[0] * d[1], d23 = d[2] * d[3];
    const F32 all_inverse = 1.0F / (d01 * d23);
    const F32 r01 = all_inverse * d23, r23 = all_inverse * d01;
    const F32 r[kGroup] = {r01 * d[1], r01 * d[0], r23 * d[3], r23 * d[2]};
    for (int j = 0; j < kGroup; ++j) slope[j] = (draw[j].a * r[j]) * (draw[j].u * r[j]);
  }
};
inline F32 root(F32 x) {
  for (int i = 0; i < kLanes; ++i) x[i] = __builtin_sqrtf(x[i]);
  return x;
}
template <bool kTwoThirds>
struct SlopePower {
  static inline void fill(const Drawn (&draw)[kGroup], F32 (&slope)[kGroup]) {
    for (int j = 0; j < kGroup; ++j) {
      const F32 q = draw[j].a / draw[j].u;
      const F32 z = min(kTwoThirds ? q * root(q) : q * q, all(1e18F));
      const F32 s = 1.0F / (1.0F + z);
      slope[j] = (kTwoThirds ? 1.5F : 2.0F) * ((z * s) * s);
    }
  }
};

// What one call of accumulate() works on; `masked` may be null.
struct Gradients {
  const float* weight;
  const float* logits;
  const float* const* output_gradient;
  int samples;
  bool add;
  float* gradient;
  float* const* masked;
};

template <typename Slope, int kHalf>
inline void accumulate_vector(const Words& words, const Gradients& of, int64_t at) {
  const F32 odds = exp_minus(load<F32>(of.logits + at));
  const Drawn draw[kGroup] = {
      {bits_of<kHalf>(words, 0), odds},
      {bits_of<kHalf>(words, 1), odds},
      {bits_of<kHalf>(words, 2), odds},
      {bits_of<kHalf>(words, 3), odds},
  };
  F32 slope[kGroup];
  Slope::fill(draw, slope);
  F32 sum = load<F32>(of.output_gradient[0] + at) * slope[0];
  for (int j = 1; j < of.samples; ++j) sum += load<F32>(of.output_gradient[j] + at) * slope[j];
  const F32 weight = load<F32>(of.weight + at);
  store(of.gradient + at, (of.add ? load<F32>(of.gradient + at) : F32{}) + sum * weight);
  if (of.masked == nullptr) return;
  const I32 value = reinterpret_cast<I32>(weight);
  for (int j = 0; j < of.samples; ++j) store(of.masked[j] + at, value & draw[j].kept());
}

template <typename Slope>
inline void accumulate_block(const MaskStream& stream, uint32_t counter, const Gradients& of,
                             int64_t at) {
  for (int lane = 0; lane < kBlock / 2; lane += kLanes) {
    const Words words = random_words(stream, counters(counter + lane));
    accumulate_vector<Slope, 0>(words, of, at + lane);
    accumulate_vector<Slope, 1>(words, of, at + lane + kBlock / 2);
  }
}

// A copy of the last, incomplete block of a run, filled up with zeros.
struct Padded {
  float values[kBlock] = {};
  Padded() = default;
  Padded(const float* from, int64_t count) {
    std::memcpy(values, from, static_cast<size_t>(count) * sizeof(float));
  }
  void copy_to(float* to, int64_t count) const {
    std::memcpy(to, values, static_cast<size_t>(count) * sizeof(float));
  }
};

template <int kSamples>
void sample_run(const MaskStream& stream, const float* weight, const float* logits, int64_t count,
                float* const* out, uint32_t* const* bits) {
  uint32_t counter = stream.counter;
  int64_t at = 0;
  for (; at + kBlock <= count; at += kBlock, counter += kBlock / 2) {
    sample_block<kSamples>(stream, counter, weight, logits, out, at, bits, at / kBlock);
  }
  if (at == count) return;
  const Padded w(weight + at, count - at), l(logits + at, count - at);
  Padded rest[kSamples];
  float* to[kSamples];
  for (int j = 0; j < kSamples; ++j) to[j] = rest[j].values;
  sample_block<kSamples>(stream, counter, w.values, l.values, to, 0, bits, at / kBlock);
  for (int j = 0; j < kSamples; ++j) rest[j].copy_to(out[j] + at, count - at);
}

void sample(const MaskStream& stream, const float* weight, const float* logits, int64_t count,
            int samples, float* const* out, uint32_t* const* bits) {
  switch (samples) {
    case 1:
      return sample_run<1>(stream, weight, logits, count, out, bits);
    case 2:
      return sample_run<2>(stream, weight, logits, count, out, bits);
    case 3:
      return sample_run<3>(stream, weight, logits, count, out, bits);
    default:
      return sample_run<4>(stream, weight, logits, count, out, bits);
  }
}

template <int kFirst>
inline void apply_vector(const float* weight, const uint32_t* const* bits, int samples,
                         float* const* out, int64_t at, int64_t block) {
  const I32 value = load<I32>(weight + at + kFirst);
  for (int j = 0; j < samples; ++j) {
    store(out[j] + at + kFirst, value & unpacked(bits[j][block] >> kFirst));
  }
}

inline void apply_block(const float* weight, const uint32_t* const* bits, int samples,
                        float* const* out, int64_t at, int64_t block) {
  apply_vector<0>(weight, bits, samples, out, at, block);
  apply_vector<kLanes>(weight, bits, samples, out, at, block);
  if constexpr (kLanes <= kBlock / 4) {
    apply_vector<2 * kLanes>(weight, bits, samples, out, at, block);
    apply_vector<3 * kLanes>(weight, bits, samples, out, at, block);
  }
  if constexpr (kLanes <= kBlock / 8) {
    apply_vector<4 * kLanes>(weight, bits, samples, out, at, block);
    apply_vector<5 * kLanes>(weight, bits, samples, out, at, block);
    apply_vector<6 * kLanes>(weight, bits, samples, out, at, block);
    apply_vector<7 * kLanes>(weight, bits, samples, out, at, block);
  }
}

void apply(const float* weight, const uint32_t* const* bits, int64_t count, int samples,
           float* const* out) {
  int64_t at = 0;
  for (; at + kBlock <= count; at += kBlock) {
    apply_block(weight, bits, samples, out, at, at / kBlock);
  }
  if (at == count) return;
  const Padded w(weight + at, count - at);
  Padded rest[kGroup];
  float* to[kGroup];
  for (int j = 0; j < samples; ++j) to[j] = rest[j].values;
  apply_block(w.values, bits, samples, to, 0, at / kBlock);
  for (int j = 0; j < samples; ++j) rest[j].copy_to(out[j] + at, count - at);
}

template <typename Slope>
void accumulate_run(const MaskStream& stream, const Gradients& of, int64_t count) {
  uint32_t counter = stream.counter;
  int64_t at = 0;
  for (; at + kBlock <= count; at += kBlock, counter += kBlock / 2) {
    accumulate_block<Slope>(stream, counter, of, at);
  }
  const int64_t rest = count - at;
  if (rest == 0) return;
  const Padded w(of.weight + at, rest), l(of.logits + at, rest);
  Padded g(of.gradient + at, rest), given[kGroup], masked[kGroup];
  const float* from[kGroup] = {};
  float* to[kGroup];
  for (int j = 0; j < of.samples; ++j) {
    given[j] = Padded(of.output_gradient[j] + at, rest);
    from[j] = given[j].values;
    to[j] = masked[j].values;
  }
  const Gradients padded{
      w.values, l.values, from, of.samples, of.add, g.values, of.masked == nullptr ? nullptr : to};
  accumulate_block<Slope>(stream, counter, padded, 0);
  g.copy_to(of.gradient + at, rest);
  if (of.masked == nullptr) return;
  for (int j = 0; j < of.samples; ++j) masked[j].copy_to(of.masked[j] + at, rest);
}

void accumulate(const MaskStream& stream, double tau, const float* weight, const float* logits,
                const float* const* output_gradient, int64_t count, int samples, bool add,
                float* gradient, float* const* masked) {
  const Gradients of{weight, logits, output_gradient, samples, add, gradient, masked};
  if (tau == 1) return accumulate_run<SlopeTauOne>(stream, of, count);
  if (tau == 0.5) return accumulate_run<SlopePower<false>>(stream, of, count);
  accumulate_run<SlopePower<true>>(stream, of, count);
}

inline void accumulate_mean_vector(const float* weight, const float* logits,
                                   const float* output_gradient, bool add, float* gradient,
                                   int64_t at) {
  const F32 odds = exp_minus(load<F32>(logits + at));
  const F32 s = 1.0F / (1.0F + odds);
  const F32 g = load<F32>(output_gradient + at) * load<F32>(weight + at);
  store(gradient + at, (add ? load<F32>(gradient + at) : F32{}) + g * (s * (odds * s)));
}

void accumulate_mean(const float* weight, const float* logits, const float* output_gradient,
                     int64_t count, bool add, float* gradient) {
  int64_t at = 0;
  for (; at + kLanes <= count; at += kLanes) {
    accumulate_mean_vector(weight, logits, output_gradient, add, gradient, at);
  }
  if (at == count) return;
  const Padded w(weight + at, count - at), l(logits + at, count - at);
  const Padded from(output_gradient + at, count - at);
  Padded to(gradient + at, count - at);
  for (int64_t lane = 0; lane < kBlock; lane += kLanes) {
    accumulate_mean_vector(w.values, l.values, from.values, add, to.values, lane);
  }
  to.copy_to(gradient + at, count - at);
}

}  // namespace
}  // namespace MODHOST_ISA

}  // namespace detail
}  // namespace v1
}  // namespace modhost
