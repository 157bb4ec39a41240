// Sampling of masked weights: one uniform per bit, drawn anew in backward instead of being stored.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "modhost/error.h"
#include "modhost/mask.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kGrain = 4096;  // weights per thread at least

// Sizes of one draw. Sample e of weight i: set e / samples, element e * count + i.
struct Draw {
  int64_t sets;
  int64_t samples;
  int64_t count;
  int64_t variants() const { return sets * samples; }
};

// The uniforms of four consecutive variants of one weight.
template <typename T>
void uniforms(const MaskNoise& noise, const T* given, const Draw& draw, int64_t weight,
              int64_t first, T (&out)[4]) {
  const int64_t here = std::min<int64_t>(4, draw.variants() - first);
  if (given != nullptr) {
    for (int64_t i = 0; i < here; ++i) out[i] = given[(first + i) * draw.count + weight];
    return;
  }
  const PhiloxCounter words =
      philox({static_cast<uint32_t>(weight), static_cast<uint32_t>(first / 4),
              static_cast<uint32_t>(noise.step), static_cast<uint32_t>(noise.step >> 32)},
             noise.key);
  for (int64_t i = 0; i < here; ++i) out[i] = uniform_from_bits(words[i]);
}

// exp(-logit), kept inside what float can square. Beyond +-60 a bit is certain.
template <typename T>
T odds_against(T logit) {
  return std::exp(-std::clamp(logit, T{-60}, T{60}));
}

// Calls visit(weight, variant, u) for all pairs; weights are split over the threads.
template <typename T, typename F>
void for_each_bit(const MaskNoise& noise, const Draw& draw, const F& visit) {
  const T* given = noise.given.defined() ? noise.given.data_ptr<T>() : nullptr;
  at::parallel_for(0, draw.count, kGrain, [&](int64_t begin, int64_t end) {
    T u[4];
    for (int64_t weight = begin; weight < end; ++weight) {
      for (int64_t first = 0; first < draw.variants(); first += 4) {
        uniforms(noise, given, draw, weight, first, u);
        const int64_t here = std::min<int64_t>(4, draw.variants() - first);
        for (int64_t i = 0; i < here; ++i) visit(weight, first + i, u[i]);
      }
    }
  });
}

// s > 1/2 <=> logit + logit(u) > 0 <=> (1 - u) exp(-logit) < u: no logarithm needed.
template <typename T>
void draw_forward(const Draw& draw, const MaskNoise& noise, const T* weight, const T* logits,
                  T* out) {
  const Tensor against = torch::empty({draw.sets * draw.count}, c10::CppTypeToScalarType<T>::value);
  T* odds = against.data_ptr<T>();
  at::parallel_for(0, draw.sets * draw.count, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) odds[i] = odds_against(logits[i]);
  });
  for_each_bit<T>(noise, draw, [&](int64_t i, int64_t variant, T u) {
    const bool kept = (1 - u) * odds[variant / draw.samples * draw.count + i] < u;
    const T value = weight == nullptr ? T{1} : weight[i];
    out[variant * draw.count + i] = kept ? value : T{0};
  });
}

// With q = (1-u)/u exp(-l) and z = q^(1/tau): s = 1/(1+z) and s(1-s)/tau = z / (tau (1+z)^2).
template <typename T>
T slope(T odds, T u, T tau) {
  const T q = (1 - u) * odds / u;
  const T z = std::min(tau == T{1} ? q : std::pow(q, 1 / tau), T{1e18});
  return z / (tau * (1 + z) * (1 + z));
}

template <typename T>
void draw_backward(const Draw& draw, const MaskNoise& noise, T tau, const T* weight,
                   const T* logits, const T* gradient, T* out) {
  const T* given = noise.given.defined() ? noise.given.data_ptr<T>() : nullptr;
  at::parallel_for(0, draw.count, kGrain, [&](int64_t begin, int64_t end) {
    T u[4];
    for (int64_t i = begin; i < end; ++i) {
      int64_t set_at = -1;  // the samples of a set share one exponential
      T odds = 0;
      for (int64_t first = 0; first < draw.variants(); first += 4) {
        uniforms(noise, given, draw, i, first, u);
        const int64_t here = std::min<int64_t>(4, draw.variants() - first);
        for (int64_t k = 0; k < here; ++k) {
          const int64_t at = (first + k) / draw.samples * draw.count + i;
          if (at != set_at) odds = odds_against(logits[at]);
          set_at = at;
          out[at] += gradient[(first + k) * draw.count + i] * weight[i] * slope(odds, u[k], tau);
        }
      }
    }
  });
}

Draw draw_of(const Tensor& logits, int64_t samples) {
  const Draw draw{logits.size(0), samples, logits.numel() / logits.size(0)};
  check(
      draw.count < (int64_t{1} << 32), ErrorCode::shape,
      "a masked tensor of " + std::to_string(draw.count) + " weights; at most 2^32 are supported");
  return draw;
}

std::vector<int64_t> variants_shape(const Draw& draw, torch::IntArrayRef weight_shape) {
  std::vector<int64_t> shape{draw.variants()};
  shape.insert(shape.end(), weight_shape.begin(), weight_shape.end());
  return shape;
}

// The kernels are for the CPU; tensors of other devices take the way over it.
Tensor cpu(const Tensor& tensor) { return tensor.to(torch::kCPU).contiguous(); }

MaskNoise ready(const MaskNoise& noise, torch::ScalarType type) {
  MaskNoise out = noise;
  if (out.given.defined()) out.given = out.given.to(torch::kCPU, type).contiguous();
  return out;
}

class SampleMasked : public torch::autograd::Function<SampleMasked> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& logits, const Tensor& weight,
                        int64_t samples, double tau, const MaskNoise& noise) {
    const Draw draw = draw_of(logits, samples);
    const Tensor w = cpu(weight), l = cpu(logits);
    const MaskNoise usable = ready(noise, w.scalar_type());
    const Tensor out = torch::empty(variants_shape(draw, weight.sizes()), w.options());
    AT_DISPATCH_FLOATING_TYPES(w.scalar_type(), "sample_masked", [&] {
      draw_forward(draw, usable, w.data_ptr<scalar_t>(), l.data_ptr<scalar_t>(),
                   out.data_ptr<scalar_t>());
    });
    context->save_for_backward({logits, weight, noise.given});
    context->saved_data["samples"] = samples;
    context->saved_data["tau"] = tau;
    context->saved_data["key"] = static_cast<int64_t>(noise.key);
    context->saved_data["step"] = static_cast<int64_t>(noise.step);
    return out.to(weight.device());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor l = cpu(saved[0]), w = cpu(saved[1]);
    MaskNoise noise;
    noise.key = static_cast<uint64_t>(context->saved_data["key"].toInt());
    noise.step = static_cast<uint64_t>(context->saved_data["step"].toInt());
    noise.given = saved[2];
    noise = ready(noise, w.scalar_type());
    const Draw draw = draw_of(l, context->saved_data["samples"].toInt());
    const Tensor g = cpu(gradients[0]);
    const Tensor out = torch::zeros_like(l);
    const double tau = context->saved_data["tau"].toDouble();
    AT_DISPATCH_FLOATING_TYPES(w.scalar_type(), "sample_masked_backward", [&] {
      draw_backward(draw, noise, static_cast<scalar_t>(tau), w.data_ptr<scalar_t>(),
                    l.data_ptr<scalar_t>(), g.data_ptr<scalar_t>(), out.data_ptr<scalar_t>());
    });
    return {out.to(saved[0].device()), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor sample_masked(const Tensor& weight, const Tensor& logits, int64_t samples, double tau,
                     const MaskNoise& noise) {
  check(logits.dim() == weight.dim() + 1 && logits.sizes().slice(1) == weight.sizes() &&
            logits.scalar_type() == weight.scalar_type(),
        ErrorCode::shape,
        "mask logits have shape " + shape_text(logits) + "; expected [S, then " +
            shape_text(weight) + "] of the weight's type");
  return SampleMasked::apply(logits, weight.detach(), samples, tau, noise);
}

Tensor sample_bits(const Tensor& logits, int64_t samples, const MaskNoise& noise) {
  const Draw draw = draw_of(logits, samples);
  const Tensor l = cpu(logits.detach());
  const MaskNoise usable = ready(noise, l.scalar_type());
  const Tensor out = torch::empty(variants_shape(draw, logits.sizes().slice(1)), l.options());
  AT_DISPATCH_FLOATING_TYPES(l.scalar_type(), "sample_bits", [&] {
    draw_forward<scalar_t>(draw, usable, nullptr, l.data_ptr<scalar_t>(), out.data_ptr<scalar_t>());
  });
  return out.to(logits.device());
}

}  // namespace v1
}  // namespace modhost
