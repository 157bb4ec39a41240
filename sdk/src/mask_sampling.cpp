// Masked weights as a tensor: the way for every operation without a kernel of its own, for both
// floating point types, for any temperature, and for uniforms that are given.
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "held.h"
#include "mask_layout.h"
#include "modhost/random.h"
#include "sampled_mask.h"

namespace modhost {
inline namespace v1 {
namespace {

using detail::kGroup;
using detail::MaskLayout;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kGrain = 8192;  // weights per thread at least

// Which of the S*K variants are wanted.
struct Wanted {
  int64_t first, count;
  bool has(int64_t variant) const { return variant >= first && variant < first + count; }
  // Samples of a group up to the last one wanted; 0 when none is.
  int samples_in(const MaskLayout& layout, int64_t set, int64_t group) const {
    int out = 0;
    for (int j = 0; j < layout.samples_in(group); ++j) {
      if (has(layout.variant(set, group, j))) out = j + 1;
    }
    return out;
  }
};

// Calls work(first row, last row) on all threads.
template <typename F>
void for_rows(const MaskLayout& layout, const F& work) {
  const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(layout.columns, 1));
  at::parallel_for(0, layout.rows, grain, work);
}

// The uniform of one sample of one weight.
template <typename T>
T uniform(const MaskLayout& layout, const MaskNoise& noise, int64_t row, int64_t column,
          int64_t variant) {
  if (noise.given.defined()) {
    return noise.given.data_ptr<T>()[variant * layout.count() + row * layout.columns + column];
  }
  const int64_t sample = variant % layout.samples;
  const detail::MaskStream stream =
      layout.stream(noise, variant / layout.samples, sample / kGroup, row, column);
  const int64_t in_block = column % detail::kBlock;
  const PhiloxCounter words = philox<detail::kMaskRounds>(
      {stream.counter + static_cast<uint32_t>(in_block % (detail::kBlock / 2)), stream.group,
       static_cast<uint32_t>(noise.step), static_cast<uint32_t>(noise.step >> 32)},
      stream.key);
  const uint32_t word = words[sample % kGroup];
  const uint32_t bits = in_block < detail::kBlock / 2 ? word & 0xffff : word >> 16;
  return (static_cast<T>(bits) + T{0.5}) * T{0x1p-16};
}

template <typename T>
T odds_against(T logit) {
  return std::exp(-std::clamp(logit, T{-detail::kLogitBound}, T{detail::kLogitBound}));
}

// With q = (1-u)/u exp(-l) and z = q^(1/tau): s = 1/(1+z) and s(1-s)/tau = z / (tau (1+z)^2).
template <typename T>
T slope(T odds, T u, T tau) {
  const T q = (1 - u) * odds / u;
  const T z = std::min(tau == T{1} ? q : std::pow(q, 1 / tau), T{1e18});
  return z / (tau * (1 + z) * (1 + z));
}

template <typename T>
void draw(const MaskLayout& layout, const Wanted& wanted, const MaskNoise& noise, const T* weight,
          const T* logits, T* out) {
  for_rows(layout, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t column = 0; column < layout.columns; ++column) {
        const int64_t at = row * layout.columns + column;
        for (int64_t i = 0; i < wanted.count; ++i) {
          const int64_t variant = wanted.first + i;
          const T odds = odds_against(logits[variant / layout.samples * layout.count() + at]);
          const T u = uniform<T>(layout, noise, row, column, variant);
          out[i * layout.count() + at] = (1 - u) * odds < u ? weight[at] : T{0};
        }
      }
    }
  });
}

template <typename T>
void draw_uniforms(const MaskLayout& layout, const Wanted& wanted, const MaskNoise& noise, T* out) {
  for_rows(layout, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin * layout.columns; at < end * layout.columns; ++at) {
      for (int64_t i = 0; i < wanted.count; ++i) {
        out[i * layout.count() + at] =
            uniform<T>(layout, noise, at / layout.columns, at % layout.columns, wanted.first + i);
      }
    }
  });
}

// The gradient of the logits [S, *shape] from that of the wanted masked weights [count, *shape].
template <typename T>
void gradient(const MaskLayout& layout, const Wanted& wanted, const MaskSampling& sampling,
              const T* weight, const T* logits, const T* given, T* out) {
  for_rows(layout, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t column = 0; column < layout.columns; ++column) {
        const int64_t at = row * layout.columns + column;
        for (int64_t i = 0; i < wanted.count; ++i) {
          const int64_t variant = wanted.first + i;
          const int64_t logit = variant / layout.samples * layout.count() + at;
          const T odds = odds_against(logits[logit]);
          const T factor =
              sampling.estimator == Estimator::mean
                  ? odds / ((1 + odds) * (1 + odds))
                  : slope(odds, uniform<T>(layout, sampling.noise, row, column, variant),
                          static_cast<T>(sampling.tau));
          out[logit] += given[i * layout.count() + at] * weight[at] * factor;
        }
      }
    }
  });
}

// The same in single precision by the vectorised kernels, which compute all samples of a group up
// to the last one wanted; what is not wanted goes to, and comes from, `spare`, a row of zeros.
void draw_fast(const MaskLayout& layout, const Wanted& wanted, const MaskNoise& noise,
               const float* weight, const float* logits, float* out) {
  const detail::MaskKernels& kernels = detail::mask_kernels();
  for_rows(layout, [&](int64_t begin, int64_t end) {
    std::vector<float> spare(static_cast<size_t>(layout.columns));
    float* to[kGroup];
    for (int64_t row = begin; row < end; ++row) {
      const int64_t at = row * layout.columns;
      for (int64_t set = 0; set < layout.sets; ++set) {
        for (int64_t group = 0; group < layout.groups(); ++group) {
          const int samples = wanted.samples_in(layout, set, group);
          if (samples == 0) continue;
          for (int j = 0; j < samples; ++j) {
            const int64_t variant = layout.variant(set, group, j);
            to[j] = wanted.has(variant) ? out + (variant - wanted.first) * layout.count() + at
                                        : spare.data();
          }
          kernels.sample(layout.stream(noise, set, group, row, 0), weight + at,
                         logits + set * layout.count() + at, layout.columns, samples, to, nullptr);
        }
      }
    }
  });
}

void gradient_fast(const MaskLayout& layout, const Wanted& wanted, const MaskSampling& sampling,
                   const float* weight, const float* logits, const float* given, float* out) {
  const detail::MaskKernels& kernels = detail::mask_kernels();
  const bool mean = sampling.estimator == Estimator::mean;
  for_rows(layout, [&](int64_t begin, int64_t end) {
    const std::vector<float> spare(static_cast<size_t>(layout.columns));
    const float* from[kGroup];
    for (int64_t row = begin; row < end; ++row) {
      for (int64_t set = 0; set < layout.sets; ++set) {
        const int64_t at = row * layout.columns, logit = set * layout.count() + at;
        for (int64_t group = 0; group < layout.groups(); ++group) {
          const int samples = wanted.samples_in(layout, set, group);
          for (int j = 0; j < samples; ++j) {
            const int64_t variant = layout.variant(set, group, j);
            const bool has = wanted.has(variant);
            from[j] = has ? given + (variant - wanted.first) * layout.count() + at : spare.data();
            if (!mean || !has) continue;
            kernels.accumulate_mean(weight + at, logits + logit, from[j], layout.columns, true,
                                    out + logit);
          }
          if (mean || samples == 0) continue;
          kernels.accumulate(layout.stream(sampling.noise, set, group, row, 0), sampling.tau,
                             weight + at, logits + logit, from, layout.columns, samples, true,
                             out + logit, nullptr);
        }
      }
    }
  });
}

bool fast(const Tensor& weight, const MaskSampling& sampling) {
  return weight.scalar_type() == torch::kFloat && !sampling.noise.given.defined() &&
         detail::has_kernel(sampling.tau);
}

std::vector<int64_t> variants_shape(int64_t count, torch::IntArrayRef weight_shape) {
  std::vector<int64_t> shape{count};
  shape.insert(shape.end(), weight_shape.begin(), weight_shape.end());
  return shape;
}

// The kernels are for the CPU; tensors of other devices take the way over it.
Tensor cpu(const Tensor& tensor) { return tensor.to(torch::kCPU).contiguous(); }

MaskSampling ready(MaskSampling sampling, torch::ScalarType type) {
  Tensor& given = sampling.noise.given;
  if (given.defined()) given = given.to(torch::kCPU, type).contiguous();
  return sampling;
}

Tensor masked_forward(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling,
                      const Wanted& wanted) {
  const MaskLayout layout(logits, sampling.samples);
  const Tensor w = cpu(weight), l = cpu(logits);
  const MaskSampling usable = ready(sampling, w.scalar_type());
  const Tensor out = torch::empty(variants_shape(wanted.count, weight.sizes()), w.options());
  if (fast(w, usable)) {
    draw_fast(layout, wanted, usable.noise, w.data_ptr<float>(), l.data_ptr<float>(),
              out.data_ptr<float>());
  } else {
    AT_DISPATCH_FLOATING_TYPES(w.scalar_type(), "sample_masked", [&] {
      draw(layout, wanted, usable.noise, w.data_ptr<scalar_t>(), l.data_ptr<scalar_t>(),
           out.data_ptr<scalar_t>());
    });
  }
  return out.to(weight.device());
}

class SampleMasked : public torch::autograd::Function<SampleMasked> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& logits, const Tensor& weight,
                        const MaskSampling& sampling, const Wanted& wanted) {
    context->save_for_backward({logits, weight});
    detail::hold(context, "sampling", sampling);
    detail::hold(context, "wanted", wanted);
    return masked_forward(weight, logits, sampling, wanted);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor l = cpu(saved[0]), w = cpu(saved[1]), g = cpu(gradients[0]);
    const MaskSampling sampling =
        ready(detail::held<MaskSampling>(context, "sampling"), w.scalar_type());
    const auto& wanted = detail::held<Wanted>(context, "wanted");
    const MaskLayout layout(l, sampling.samples);
    const Tensor out = torch::zeros_like(l);
    if (fast(w, sampling)) {
      gradient_fast(layout, wanted, sampling, w.data_ptr<float>(), l.data_ptr<float>(),
                    g.data_ptr<float>(), out.data_ptr<float>());
    } else {
      AT_DISPATCH_FLOATING_TYPES(w.scalar_type(), "sample_masked_backward", [&] {
        gradient(layout, wanted, sampling, w.data_ptr<scalar_t>(), l.data_ptr<scalar_t>(),
                 g.data_ptr<scalar_t>(), out.data_ptr<scalar_t>());
      });
    }
    return {out.to(saved[0].device()), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor detail::sample_variants(const Tensor& weight, const Tensor& logits,
                               const MaskSampling& sampling, int64_t first, int64_t count) {
  check(logits.dim() == weight.dim() + 1 && logits.sizes().slice(1) == weight.sizes() &&
            logits.scalar_type() == weight.scalar_type(),
        ErrorCode::shape,
        "mask logits have shape " + shape_text(logits) + "; expected [S, then " +
            shape_text(weight) + "] of the weight's type");
  const Wanted wanted{first, count};
  if (!weight.requires_grad()) return SampleMasked::apply(logits, weight, sampling, wanted);
  return weight.unsqueeze(0) *
         SampleMasked::apply(logits, torch::ones_like(weight), sampling, wanted);
}

Tensor detail::mask_uniforms(const Tensor& logits, const MaskSampling& sampling, int64_t first,
                             int64_t count) {
  const MaskLayout layout(logits, sampling.samples);
  const MaskSampling usable = ready(sampling, logits.scalar_type());
  const Tensor out = torch::empty(variants_shape(count, logits.sizes().slice(1)),
                                  logits.options().device(torch::kCPU).requires_grad(false));
  AT_DISPATCH_FLOATING_TYPES(logits.scalar_type(), "mask_uniforms", [&] {
    draw_uniforms(layout, {first, count}, usable.noise, out.data_ptr<scalar_t>());
  });
  return out.to(logits.device());
}

Tensor sample_masked(const Tensor& weight, const Tensor& logits, const MaskSampling& sampling) {
  return detail::sample_variants(weight, logits, sampling, 0, logits.size(0) * sampling.samples);
}

Tensor sample_bits(const Tensor& logits, const MaskSampling& sampling) {
  const torch::NoGradGuard no_grad;
  return masked_forward(torch::ones(logits.sizes().slice(1), logits.options()), logits, sampling,
                        {0, logits.size(0) * sampling.samples});
}

}  // namespace v1
}  // namespace modhost
