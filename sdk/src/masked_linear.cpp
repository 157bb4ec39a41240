#include "masked_linear.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "gemm.h"
#include "held.h"
#include "mask_layout.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Tiles of the weight. They depend on nothing but these numbers, so neither do the results. A group
// of masked tiles (and as much for their gradients) stays in a second-level cache of 1 to 2 MB.
constexpr int64_t kForwardOut = 128, kForwardIn = 512;
constexpr int64_t kBackwardOut = 256, kBackwardIn = 128;
static_assert(kForwardIn % kBlock == 0 && kBackwardIn % kBlock == 0);

// The tensors of one call as pointers and sizes.
struct Problem {
  MaskLayout layout;
  const MaskSampling& sampling;
  const float *x, *weight, *logits;
  int64_t rows;  // of one part

  int64_t in() const { return layout.columns; }
  int64_t out() const { return layout.rows; }
  const float* weight_at(int64_t o, int64_t i) const { return weight + o * in() + i; }
  const float* logits_at(int64_t set, int64_t o, int64_t i) const {
    return logits + set * layout.count() + o * in() + i;
  }
  const float* x_of(int64_t part) const { return x + part * rows * in(); }
  int64_t part(int64_t set, int64_t group, int j) const {
    return set * layout.samples + group * kGroup + j;
  }
};

struct Tile {
  int64_t o, outs, i, ins;
};

// Scratch memory of one thread: masked tiles of a group, row by row.
class TileBuffer {
 public:
  explicit TileBuffer(int64_t size) : size_(size), values_(kGroup * size) {}
  float* at(int j) { return values_.data() + j * size_; }
  // Where row r of each sample's tile begins.
  void rows(int64_t r, int64_t width, float** out) {
    for (int j = 0; j < kGroup; ++j) out[j] = at(j) + r * width;
  }

 private:
  int64_t size_;
  std::vector<float> values_;
};

void sample_tile(const Problem& p, const Tile& tile, int64_t set, int64_t group, TileBuffer& to) {
  float* rows[kGroup];
  for (int64_t r = 0; r < tile.outs; ++r) {
    const int64_t o = tile.o + r;
    to.rows(r, tile.ins, rows);
    mask_kernels().sample(p.layout.stream(p.sampling.noise, set, group, o, tile.i),
                          p.weight_at(o, tile.i), p.logits_at(set, o, tile.i), tile.ins,
                          p.layout.samples_in(group), rows);
  }
}

template <typename F>
void for_groups(const Problem& p, const F& work) {
  for (int64_t set = 0; set < p.layout.sets; ++set) {
    for (int64_t group = 0; group < p.layout.groups(); ++group) work(set, group);
  }
}

// Columns o .. o+outs of all outputs.
void forward_columns(const Problem& p, int64_t o, int64_t outs, float* y, TileBuffer& masked) {
  for (int64_t i = 0; i < p.in(); i += kForwardIn) {
    const Tile tile{o, outs, i, std::min(kForwardIn, p.in() - i)};
    for_groups(p, [&](int64_t set, int64_t group) {
      sample_tile(p, tile, set, group, masked);
      for (int j = 0; j < p.layout.samples_in(group); ++j) {
        const int64_t part = p.part(set, group, j);
        gemm(Product::nt, p.rows, outs, tile.ins, p.x_of(part) + i, p.in(), masked.at(j), tile.ins,
             i > 0, y + part * p.rows * p.out() + o, p.out());
      }
    });
  }
}

// What one tile of the weight contributes to the gradients. `gx` may be null.
struct Backward {
  const Problem& p;
  const float* gy;
  float* gradient;
  float* gx;
  TileBuffer masked{kBackwardOut * kBackwardIn};
  TileBuffer slopes{kBackwardOut * kBackwardIn};

  const float* gy_at(int64_t part, int64_t o) const { return gy + part * p.rows * p.out() + o; }

  void tile(const Tile& t) {
    for (int64_t set = 0; set < p.layout.sets; ++set) {
      const bool mean = p.sampling.estimator == Estimator::mean;
      if (mean) mean_gradient(t, set);
      for (int64_t group = 0; group < p.layout.groups(); ++group) {
        if (!mean) {
          sampled_gradient(t, set, group);
        } else if (gx != nullptr) {
          sample_tile(p, t, set, group, masked);
        }
        if (gx != nullptr) input_gradient(t, set, group);
      }
    }
  }

  void weight_gradient(const Tile& t, int64_t first_part, int64_t parts, float* to) {
    gemm(Product::tn, t.outs, t.ins, parts * p.rows, gy_at(first_part, t.o), p.out(),
         p.x_of(first_part) + t.i, p.in(), false, to, t.ins);
  }

  // One product for all samples of a set.
  void mean_gradient(const Tile& t, int64_t set) {
    weight_gradient(t, p.part(set, 0, 0), p.layout.samples, slopes.at(0));
    for (int64_t r = 0; r < t.outs; ++r) {
      const int64_t o = t.o + r;
      mask_kernels().accumulate_mean(p.weight_at(o, t.i), p.logits_at(set, o, t.i),
                                     slopes.at(0) + r * t.ins, t.ins, gradient_at(set, o, t.i));
    }
  }

  void sampled_gradient(const Tile& t, int64_t set, int64_t group) {
    const int samples = p.layout.samples_in(group);
    for (int j = 0; j < samples; ++j) {
      weight_gradient(t, p.part(set, group, j), 1, slopes.at(j));
    }
    float* from[kGroup];
    float* to[kGroup];
    for (int64_t r = 0; r < t.outs; ++r) {
      const int64_t o = t.o + r;
      slopes.rows(r, t.ins, from);
      masked.rows(r, t.ins, to);
      mask_kernels().accumulate(p.layout.stream(p.sampling.noise, set, group, o, t.i),
                                p.sampling.tau, p.weight_at(o, t.i), p.logits_at(set, o, t.i), from,
                                t.ins, samples, gradient_at(set, o, t.i),
                                gx == nullptr ? nullptr : to);
    }
  }

  void input_gradient(const Tile& t, int64_t set, int64_t group) {
    for (int j = 0; j < p.layout.samples_in(group); ++j) {
      const int64_t part = p.part(set, group, j);
      gemm(Product::nn, p.rows, t.ins, t.outs, gy_at(part, t.o), p.out(), masked.at(j), t.ins,
           t.o > 0, gx + part * p.rows * p.in() + t.i, p.in());
    }
  }

  float* gradient_at(int64_t set, int64_t o, int64_t i) const {
    return gradient + set * p.layout.count() + o * p.in() + i;
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

class MaskedLinear : public torch::autograd::Function<MaskedLinear> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& logits,
                        const Tensor& weight, const MaskSampling& sampling) {
    context->save_for_backward({x, logits, weight});
    hold(context, "sampling", sampling);
    const Problem p = problem(x, weight, logits, sampling);
    const Tensor y = torch::empty({x.size(0), weight.size(0)}, x.options());
    const SingleThreadedBlas one_thread;
    const int64_t blocks = (p.out() + kForwardOut - 1) / kForwardOut;
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
      TileBuffer masked(kForwardOut * kForwardIn);
      for (int64_t o = begin * kForwardOut; o < std::min(end * kForwardOut, p.out());
           o += kForwardOut) {
        forward_columns(p, o, std::min(kForwardOut, p.out() - o), y.data_ptr<float>(), masked);
      }
    });
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &logits = saved[1], &weight = saved[2];
    const Tensor gradient = torch::zeros_like(logits);
    const Tensor gx = context->needs_input_grad(0) ? torch::empty_like(x) : Tensor();
    masked_linear_backward(x, weight, logits, held<MaskSampling>(context, "sampling"),
                           gradients[0].contiguous(), gradient, gx);
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
                            const MaskSampling& sampling, const Tensor& gy, const Tensor& gradient,
                            const Tensor& gx) {
  const Problem p = problem(x, weight, logits, sampling);
  const SingleThreadedBlas one_thread;
  const int64_t blocks = (p.in() + kBackwardIn - 1) / kBackwardIn;
  at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
    Backward work{p, gy.data_ptr<float>(), gradient.data_ptr<float>(),
                  gx.defined() ? gx.data_ptr<float>() : nullptr};
    for (int64_t i = begin * kBackwardIn; i < std::min(end * kBackwardIn, p.in());
         i += kBackwardIn) {
      for (int64_t o = 0; o < p.out(); o += kBackwardOut) {
        work.tile({o, std::min(kBackwardOut, p.out() - o), i, std::min(kBackwardIn, p.in() - i)});
      }
    }
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
