// Rows as vectors, for kernels compiled once for each instruction set. Sums run over vectors of 64
// bytes whatever the registers of the CPU, and products are not fused with sums: so every set gives
// the same bits. Rows that are no whole number of vectors end with one that overlaps the one
// before.
#pragma once

#include <cstdint>
#include <cstring>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace MODHOST_ISA {
namespace {

template <typename T, int W>
struct PackOf {
  typedef T type __attribute__((vector_size(sizeof(T) * W)));
};
template <typename T, int W>
using Pack = typename PackOf<T, W>::type;

#define MODHOST_INLINE inline __attribute__((always_inline))

template <typename T, int W>
MODHOST_INLINE Pack<T, W> load(const T* from) {
  Pack<T, W> out;
  std::memcpy(&out, from, sizeof(out));
  return out;
}

template <typename T, typename V>
MODHOST_INLINE void store(T* to, V value) {
  std::memcpy(to, &value, sizeof(value));
}

// The sum of the entries, halves first.
template <typename T, int W>
MODHOST_INLINE T total(Pack<T, W> lanes) {
  if constexpr (W == 1) {
    return lanes[0];
  } else {
    Pack<T, W / 2> low, high;
    std::memcpy(&low, &lanes, sizeof(low));
    std::memcpy(&high, reinterpret_cast<const char*>(&lanes) + sizeof(low), sizeof(high));
    return total<T, W / 2>(low + high);
  }
}

// A row of `count` >= W entries as vectors.
template <typename T, int W>
class Span {
 public:
  using V = Pack<T, W>;
  explicit Span(int64_t count) : whole_(count / W * W), last_(count - W), rest_(count > whole_) {
    for (int lane = 0; lane < W; ++lane) fresh_[lane] = lane >= W - (count - whole_) ? 1 : 0;
  }

  // body(at) for entries that follow each other, the last ones perhaps a second time.
  template <typename F>
  MODHOST_INLINE void each(const F& body) const {
    for (int64_t i = 0; i < whole_; i += W) body(i);
    if (rest_) body(last_);
  }
  // The sum of term(at), each entry once.
  template <typename F>
  MODHOST_INLINE T sum(const F& term) const {
    V a{}, b{}, c{}, d{};  // four, so that additions need not wait for each other
    int64_t i = 0;
    for (; i + 4 * W <= whole_; i += 4 * W) {
      a += term(i), b += term(i + W), c += term(i + 2 * W), d += term(i + 3 * W);
    }
    for (; i < whole_; i += W) a += term(i);
    if (rest_) b += fresh(term(last_));
    return total<T, W>((a + b) + (c + d));
  }
  // to[at] += term(at), each entry once.
  template <typename F>
  MODHOST_INLINE void add(T* to, const F& term) const {
    for (int64_t i = 0; i < whole_; i += W) store(to + i, load<T, W>(to + i) + term(i));
    if (rest_) store(to + last_, load<T, W>(to + last_) + fresh(term(last_)));
  }

 private:
  MODHOST_INLINE V fresh(V value) const { return fresh_ != V{} ? value : V{}; }

  int64_t whole_, last_;
  bool rest_;
  V fresh_{};
};

template <typename T>
constexpr int kLanes = 64 / sizeof(T);

// Calls work(Width<W>) with the widest vectors that fit into `count` entries.
template <int W>
struct Width {
  static constexpr int value = W;
};
template <typename T, typename F>
void with_width(int64_t count, const F& work) {
  if (count >= kLanes<T>) return work(Width<kLanes<T>>());
  if (count >= 4) return work(Width<4>());
  work(Width<1>());
}

constexpr int64_t kChunk = 4096;  // entries summed up in T; sums of chunks in double

// The sum of term(at) over [0, count).
template <typename T, int W, typename F>
double long_sum(int64_t count, const F& term) {
  double out = 0;
  for (int64_t first = 0; first < count;) {
    const int64_t rest = count - first, here = rest >= kChunk + W ? kChunk : rest;
    out += static_cast<double>(Span<T, W>(here).sum([&](int64_t i) { return term(first + i); }));
    first += here;
  }
  return out;
}

}  // namespace
}  // namespace MODHOST_ISA
}  // namespace detail
}  // namespace v1
}  // namespace modhost
