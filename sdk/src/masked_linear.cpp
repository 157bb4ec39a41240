#include "masked_linear.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "block_product.h"
#include "held.h"
#include "mask_layout.h"
#include "strips.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Tiles of the weight. A group of masked tiles stays in a second-level cache of 1 to 2 MB. Results
// do not depend on these numbers.
constexpr int64_t kForwardOut = 96, kForwardIn = 512;
constexpr int64_t kBackwardOut = 96, kBackwardIn = 256;
constexpr int64_t kOutsAtOnce = 12, kGradientRows = 256;  // of one product for weight gradients
static_assert(kForwardIn % kBlock == 0 && kBackwardIn % kBlock == 0);

// The tensors of one call as pointers and sizes.
struct Problem {
  MaskLayout layout;
  const MaskSampling& sampling;
  const float *x, *weight, *logits;
  int64_t rows;  // of one part

  int64_t in() const { return layout.columns; }
  int64_t out() const { return layout.rows; }
  int64_t parts() const { return layout.variants(); }
  const float* weight_at(int64_t o, int64_t i) const { return weight + o * in() + i; }
  const float* logits_at(int64_t set, int64_t o, int64_t i) const {
    return logits + set * layout.count() + o * in() + i;
  }
  const float* x_of(int64_t part) const { return x + part * rows * in(); }
  int64_t part(int64_t set, int64_t group, int j) const {
    return set * layout.samples + group * kGroup + j;
  }
};

// Bits of one call, [parts, out, blocks of in] words. Kept only where one weight gradient serves
// all samples: elsewhere the random numbers are needed again anyway.
struct Bits {
  uint32_t* words = nullptr;
  void rows(const Problem& p, int64_t set, int64_t group, int64_t o, int64_t i,
            uint32_t** out) const {
    const int64_t blocks = blocks_of(p.in());
    for (int j = 0; j < p.layout.samples_in(group); ++j) {
      out[j] = words + (p.part(set, group, j) * p.out() + o) * blocks + i / kBlock;
    }
  }
};

struct Tile {
  int64_t o, outs, i, ins;
};

// Scratch memory of one thread: a tile for each sample of a group, rows `stride` apart.
class TileBuffer {
 public:
  // The tiles do not lie a power of two apart: their rows would fight for the same cache lines.
  TileBuffer(int64_t rows, int64_t stride)
      : stride_(stride), size_(rows * stride + 5 * kBlock), values_(kGroup * size_) {}
  int64_t stride() const { return stride_; }
  float* at(int j) { return values_.data() + j * size_; }
  // Where row r of each sample's tile begins.
  void rows(int64_t r, float** out) {
    for (int j = 0; j < kGroup; ++j) out[j] = at(j) + r * stride_;
  }

 private:
  int64_t stride_, size_;
  std::vector<float> values_;
};

// Asks for a row of a tile before its turn: rows lie pages apart, so the CPU does not foresee them.
void fetch(const float* row, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(row + i);
}
constexpr int64_t kAhead = 4;  // rows

void sample_tile(const Problem& p, const Tile& tile, int64_t set, int64_t group, const Bits& keep,
                 TileBuffer& to) {
  float* rows[kGroup];
  uint32_t* bits[kGroup];
  for (int64_t r = 0; r < tile.outs; ++r) {
    const int64_t o = tile.o + r;
    if (r + kAhead < tile.outs) {
      fetch(p.weight_at(o + kAhead, tile.i), tile.ins);
      fetch(p.logits_at(set, o + kAhead, tile.i), tile.ins);
    }
    to.rows(r, rows);
    if (keep.words != nullptr) keep.rows(p, set, group, o, tile.i, bits);
    mask_kernels().sample(p.layout.stream(p.sampling.noise, set, group, o, tile.i),
                          p.weight_at(o, tile.i), p.logits_at(set, o, tile.i), tile.ins,
                          p.layout.samples_in(group), rows, keep.words == nullptr ? nullptr : bits);
  }
}

void apply_tile(const Problem& p, const Tile& tile, int64_t set, int64_t group, const Bits& kept,
                TileBuffer& to) {
  float* rows[kGroup];
  uint32_t* bits[kGroup];
  for (int64_t r = 0; r < tile.outs; ++r) {
    to.rows(r, rows);
    kept.rows(p, set, group, tile.o + r, tile.i, bits);
    mask_kernels().apply(p.weight_at(tile.o + r, tile.i), bits, tile.ins,
                         p.layout.samples_in(group), rows);
  }
}

// Forward: y^T = W x^T with the rows of x along the vectors.
struct Forward {
  const Problem& p;
  const float* strips;  // of x, part by part
  float* y;
  Bits keep;
  TileBuffer masked{kForwardOut, kForwardIn};
  std::vector<float> sums{};  // y^T of kForwardOut outputs, as strips, part by part

  int64_t strips_of_part() const { return strips_of(p.rows); }
  float* sums_of(int64_t part) {
    return sums.data() + part * strips_of_part() * kForwardOut * kStrip;
  }

  void outputs(int64_t o, int64_t outs) {
    sums.resize(p.parts() * strips_of_part() * kForwardOut * kStrip);
    for (int64_t i = 0; i < p.in(); i += kForwardIn) {
      const Tile tile{o, outs, i, std::min(kForwardIn, p.in() - i)};
      for (int64_t set = 0; set < p.layout.sets; ++set) {
        for (int64_t group = 0; group < p.layout.groups(); ++group) {
          sample_tile(p, tile, set, group, keep, masked);
          for (int j = 0; j < p.layout.samples_in(group); ++j) {
            add_products(tile, p.part(set, group, j), masked.at(j));
          }
        }
      }
    }
    for (int64_t part = 0; part < p.parts(); ++part) {
      unpack_strips(sums_of(part), p.rows, outs, y + part * p.rows * p.out() + o, p.out());
    }
  }

  void add_products(const Tile& t, int64_t part, const float* weight) {
    for (int64_t strip = 0; strip < strips_of_part(); ++strip) {
      const float* x = strips + (part * strips_of_part() + strip) * p.in() * kStrip;
      multiply({t.outs, strip_width(p.rows, strip), t.ins, weight, masked.stride(), 1,
                x + t.i * kStrip, kStrip, sums_of(part) + strip * t.outs * kStrip, kStrip,
                t.i > 0});
    }
  }
};

// Backward for kBackwardIn input columns at a time. `gx` may be null.
struct Backward {
  const Problem& p;
  const float* gy;
  float* gradient;
  float* gx;
  Bits kept;
  TileBuffer masked{kBackwardOut, kBackwardIn};
  TileBuffer products{kBackwardOut, kBackwardIn};
  std::vector<float> x_columns{}, gx_columns{};  // [parts * rows, kBackwardIn]

  void columns(int64_t i, int64_t ins) {
    const int64_t rows = p.parts() * p.rows;
    x_columns.resize(rows * kBackwardIn);
    gx_columns.resize(gx == nullptr ? 0 : rows * kBackwardIn);
    for (int64_t row = 0; row < rows; ++row) {
      std::copy_n(p.x + row * p.in() + i, ins, x_columns.data() + row * kBackwardIn);
    }
    for (int64_t o = 0; o < p.out(); o += kBackwardOut) {
      tile({o, std::min(kBackwardOut, p.out() - o), i, ins});
    }
    if (gx == nullptr) return;
    for (int64_t row = 0; row < rows; ++row) {
      std::copy_n(gx_columns.data() + row * kBackwardIn, ins, gx + row * p.in() + i);
    }
  }

 private:
  const float* gy_at(int64_t part, int64_t o) const { return gy + part * p.rows * p.out() + o; }
  float* gradient_at(int64_t set, int64_t o, int64_t i) const {
    return gradient + set * p.layout.count() + o * p.in() + i;
  }
  // A whole number of vectors; what lies beyond the tile is computed and never read.
  static int64_t width(const Tile& t) { return (t.ins + 15) / 16 * 16; }

  void tile(const Tile& t) {
    const bool mean = p.sampling.estimator == Estimator::mean;
    for (int64_t set = 0; set < p.layout.sets; ++set) {
      if (mean) mean_gradient(t, set);
      for (int64_t group = 0; group < p.layout.groups(); ++group) {
        if (!mean) {
          sampled_gradient(t, set, group);
        } else if (gx != nullptr && kept.words != nullptr) {
          apply_tile(p, t, set, group, kept, masked);
        } else if (gx != nullptr) {
          sample_tile(p, t, set, group, {}, masked);
        }
        if (gx != nullptr) input_gradient(t, set, group);
      }
    }
  }

  // gy^T x over `rows` rows from those of `part` on, for the whole tile. A run of rows of x is used
  // by all outputs while it is in the cache.
  void weight_gradient(const Tile& t, int64_t part, int64_t rows, float* to) {
    for (int64_t row = 0; row < rows; row += kGradientRows) {
      for (int64_t o = t.o; o < t.o + t.outs; o += kOutsAtOnce) {
        multiply({std::min(kOutsAtOnce, t.o + t.outs - o), width(t),
                  std::min(kGradientRows, rows - row), gy_at(part, o) + row * p.out(), 1, p.out(),
                  x_columns.data() + (part * p.rows + row) * kBackwardIn, kBackwardIn,
                  to + (o - t.o) * products.stride(), products.stride(), row > 0});
      }
    }
  }

  void fetch_next(const Tile& t, int64_t set, int64_t o) const {
    const int64_t next = o + kAhead;
    if (next >= t.o + t.outs) return;
    fetch(p.weight_at(next, t.i), t.ins);
    fetch(p.logits_at(set, next, t.i), t.ins);
    fetch(gradient_at(set, next, t.i), t.ins);
  }

  // One product for all samples of a set.
  void mean_gradient(const Tile& t, int64_t set) {
    weight_gradient(t, p.part(set, 0, 0), p.layout.samples * p.rows, products.at(0));
    for (int64_t o = t.o; o < t.o + t.outs; ++o) {
      fetch_next(t, set, o);
      mask_kernels().accumulate_mean(p.weight_at(o, t.i), p.logits_at(set, o, t.i),
                                     products.at(0) + (o - t.o) * products.stride(), t.ins, false,
                                     gradient_at(set, o, t.i));
    }
  }

  void sampled_gradient(const Tile& t, int64_t set, int64_t group) {
    const int samples = p.layout.samples_in(group);
    for (int j = 0; j < samples; ++j) {
      weight_gradient(t, p.part(set, group, j), p.rows, products.at(j));
    }
    float *from[kGroup], *to[kGroup];
    for (int64_t o = t.o; o < t.o + t.outs; ++o) {
      fetch_next(t, set, o);
      products.rows(o - t.o, from);
      masked.rows(o - t.o, to);
      mask_kernels().accumulate(p.layout.stream(p.sampling.noise, set, group, o, t.i),
                                p.sampling.tau, p.weight_at(o, t.i), p.logits_at(set, o, t.i), from,
                                t.ins, samples, group > 0, gradient_at(set, o, t.i),
                                gx == nullptr ? nullptr : to);
    }
  }

  void input_gradient(const Tile& t, int64_t set, int64_t group) {
    for (int j = 0; j < p.layout.samples_in(group); ++j) {
      const int64_t part = p.part(set, group, j);
      multiply({p.rows, width(t), t.outs, gy_at(part, t.o), p.out(), 1, masked.at(j),
                masked.stride(), gx_columns.data() + part * p.rows * kBackwardIn, kBackwardIn,
                t.o > 0});
    }
  }
};

Problem problem(const Tensor& x, const Tensor& weight, const Tensor& logits,
                const MaskSampling& sampling) {
  const MaskLayout layout(logits, sampling.samples);
  check(x.size(0) % layout.variants() == 0, ErrorCode::shape,
        "a batch of " + std::to_string(x.size(0)) + " rows does not divide into " +
            std::to_string(layout.variants()) + " equal parts");
  return {layout,
          sampling,
          x.data_ptr<float>(),
          weight.data_ptr<float>(),
          logits.data_ptr<float>(),
          x.size(0) / layout.variants()};
}

// The inputs of all parts as strips.
std::vector<float> packed(const Problem& p) {
  const int64_t size = strips_of(p.rows) * p.in() * kStrip;
  std::vector<float> strips(p.parts() * size);
  at::parallel_for(0, p.parts(), 1, [&](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; ++part) {
      pack_strips(p.x_of(part), p.rows, p.in(), p.in(), strips.data() + part * size);
    }
  });
  return strips;
}

// Room for the bits where keeping them pays: at most a byte for each weight.
Tensor kept_bits(const Problem& p) {
  constexpr int64_t kMost = 8;
  if (p.sampling.estimator != Estimator::mean || p.parts() > kMost) return Tensor();
  return torch::empty({p.parts(), p.out(), blocks_of(p.in())}, torch::kInt);
}
Bits bits_in(const Tensor& kept) {
  return {kept.defined() ? reinterpret_cast<uint32_t*>(kept.data_ptr<int32_t>()) : nullptr};
}

class MaskedLinear : public torch::autograd::Function<MaskedLinear> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& logits,
                        const Tensor& weight, const MaskSampling& sampling) {
    hold(context, "sampling", sampling);
    const Problem p = problem(x, weight, logits, sampling);
    const Tensor y = torch::empty({x.size(0), weight.size(0)}, x.options());
    const Tensor kept = kept_bits(p);
    context->save_for_backward({x, logits, weight, kept});
    const std::vector<float> strips = packed(p);
    const int64_t blocks = (p.out() + kForwardOut - 1) / kForwardOut;
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
      Forward work{p, strips.data(), y.data_ptr<float>(), bits_in(kept)};
      for (int64_t o = begin * kForwardOut; o < std::min(end * kForwardOut, p.out());
           o += kForwardOut) {
        work.outputs(o, std::min(kForwardOut, p.out() - o));
      }
    });
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &logits = saved[1], &weight = saved[2];
    const Tensor gradient = torch::empty_like(logits);
    const Tensor gx = context->needs_input_grad(0) ? torch::empty_like(x) : Tensor();
    masked_linear_backward(x, weight, logits, held<MaskSampling>(context, "sampling"),
                           gradients[0].contiguous(), saved[3], gradient, gx);
    return {gx, gradient, Tensor(), Tensor()};
  }
};

}  // namespace

bool can_fuse(const Tensor& x, const Tensor& weight, const Tensor& logits,
              const MaskSampling& sampling) {
  return x.is_cpu() && weight.is_cpu() && x.scalar_type() == torch::kFloat &&
         weight.scalar_type() == torch::kFloat && logits.scalar_type() == torch::kFloat &&
         !weight.requires_grad() && !sampling.noise.given.defined() && has_kernel(sampling.tau);
}

Tensor masked_linear(const Tensor& x, const Tensor& weight, const Tensor& logits,
                     const MaskSampling& sampling) {
  return MaskedLinear::apply(x.contiguous(), logits.contiguous(), weight.contiguous(), sampling);
}

void masked_linear_backward(const Tensor& x, const Tensor& weight, const Tensor& logits,
                            const MaskSampling& sampling, const Tensor& gy, const Tensor& kept,
                            const Tensor& gradient, const Tensor& gx) {
  const Problem p = problem(x, weight, logits, sampling);
  const int64_t blocks = (p.in() + kBackwardIn - 1) / kBackwardIn;
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    Backward work{p, gy.data_ptr<float>(), gradient.data_ptr<float>(),
                  gx.defined() ? gx.data_ptr<float>() : nullptr, bits_in(kept)};
    for (int64_t i = begin * kBackwardIn; i < std::min(end * kBackwardIn, p.in());
         i += kBackwardIn) {
      work.columns(i, std::min(kBackwardIn, p.in() - i));
    }
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
