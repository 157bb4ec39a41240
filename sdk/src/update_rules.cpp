#include "update_rules.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kGrain = 16384;  // entries per thread at least, and of one partial sum

template <typename T>
struct Prepared {
  T offset, scale, decay;
  explicit Prepared(const Preparation& from)
      : offset(static_cast<T>(from.offset)),
        scale(static_cast<T>(from.scale)),
        decay(static_cast<T>(from.decay)) {}
  T operator()(T gradient, T parameter) const {
    return (gradient + offset) * scale + decay * parameter;
  }
};

struct AdamFactors {
  double rate, inverse_root;  // of the two bias corrections
  explicit AdamFactors(const AdamStep& step)
      : rate(step.lr / (1 - std::pow(step.beta1, static_cast<double>(step.step)))),
        inverse_root(1 / std::sqrt(1 - std::pow(step.beta2, static_cast<double>(step.step)))) {}
};

template <typename T>
void adam_run(T* __restrict parameter, const T* __restrict gradient, T* __restrict mean,
              T* __restrict square, int64_t count, const Preparation& prepare,
              const AdamStep& step) {
  const Prepared<T> prepared(prepare);
  const AdamFactors factors(step);
  const auto rate = static_cast<T>(factors.rate), root = static_cast<T>(factors.inverse_root);
  const auto beta1 = static_cast<T>(step.beta1), beta2 = static_cast<T>(step.beta2);
  const auto new1 = static_cast<T>(1 - step.beta1), new2 = static_cast<T>(1 - step.beta2);
  const auto eps = static_cast<T>(step.eps), shrink = static_cast<T>(step.shrink);
  for (int64_t i = 0; i < count; ++i) {
    const T g = prepared(gradient[i], parameter[i]);
    mean[i] = beta1 * mean[i] + new1 * g;
    square[i] = beta2 * square[i] + new2 * g * g;
    parameter[i] = shrink * parameter[i] - rate * mean[i] / (std::sqrt(square[i]) * root + eps);
  }
}

template <typename T>
void sgd_run(T* __restrict parameter, const T* __restrict gradient, T* __restrict velocity,
             int64_t count, const Preparation& prepare, double lr, double momentum) {
  const Prepared<T> prepared(prepare);
  const auto rate = static_cast<T>(lr), keep = static_cast<T>(momentum);
  if (velocity == nullptr) {
    for (int64_t i = 0; i < count; ++i) {
      parameter[i] -= rate * prepared(gradient[i], parameter[i]);
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    velocity[i] = keep * velocity[i] + prepared(gradient[i], parameter[i]);
    parameter[i] -= rate * velocity[i];
  }
}

template <typename T>
double sum_of_squares(const T* from, int64_t count, double offset) {
  constexpr int kLanes = 8;  // independent sums, so that the loop is not one long chain
  double lanes[kLanes] = {};
  int64_t at = 0;
  for (; at + kLanes <= count; at += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const double value = static_cast<double>(from[at + lane]) + offset;
      lanes[lane] += value * value;
    }
  }
  for (; at < count; ++at) {
    const double value = static_cast<double>(from[at]) + offset;
    lanes[0] += value * value;
  }
  return std::accumulate(lanes, lanes + kLanes, 0.0);
}

// Calls work(first, count) on all threads.
template <typename F>
void in_pieces(int64_t count, const F& work) {
  at::parallel_for(0, count, kGrain, [&](int64_t begin, int64_t end) { work(begin, end - begin); });
}

Tensor prepared_tensor(const Tensor& parameter, const Tensor& gradient, const Preparation& from) {
  return (gradient + from.offset) * from.scale + from.decay * parameter;
}

}  // namespace

void adam_update(const Tensor& parameter, const Tensor& gradient, const Tensor& exp_avg,
                 const Tensor& exp_avg_sq, const Preparation& prepare, const AdamStep& step) {
  if (!parameter.is_cpu()) {
    return adam_update_by_tensors(parameter, gradient, exp_avg, exp_avg_sq, prepare, step);
  }
  AT_DISPATCH_FLOATING_TYPES(parameter.scalar_type(), "adam_update", [&] {
    in_pieces(parameter.numel(), [&](int64_t at, int64_t count) {
      adam_run(parameter.data_ptr<scalar_t>() + at, gradient.data_ptr<scalar_t>() + at,
               exp_avg.data_ptr<scalar_t>() + at, exp_avg_sq.data_ptr<scalar_t>() + at, count,
               prepare, step);
    });
  });
}

void sgd_update(const Tensor& parameter, const Tensor& gradient, const Tensor& velocity,
                const Preparation& prepare, double lr, double momentum) {
  if (!parameter.is_cpu()) {
    return sgd_update_by_tensors(parameter, gradient, velocity, prepare, lr, momentum);
  }
  AT_DISPATCH_FLOATING_TYPES(parameter.scalar_type(), "sgd_update", [&] {
    in_pieces(parameter.numel(), [&](int64_t at, int64_t count) {
      sgd_run(parameter.data_ptr<scalar_t>() + at, gradient.data_ptr<scalar_t>() + at,
              velocity.defined() ? velocity.data_ptr<scalar_t>() + at : nullptr, count, prepare, lr,
              momentum);
    });
  });
}

double squared_norm(const Tensor& gradient, double offset) {
  if (!gradient.is_cpu()) return (gradient + offset).square().sum().item<double>();
  const int64_t count = gradient.numel(), pieces = (count + kGrain - 1) / kGrain;
  std::vector<double> sums(static_cast<size_t>(pieces), 0);
  AT_DISPATCH_FLOATING_TYPES(gradient.scalar_type(), "squared_norm", [&] {
    const scalar_t* from = gradient.data_ptr<scalar_t>();
    at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
      for (int64_t piece = begin; piece < end; ++piece) {
        const int64_t first = piece * kGrain;
        sums[piece] = sum_of_squares(from + first, std::min(kGrain, count - first), offset);
      }
    });
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

void adam_update_by_tensors(const Tensor& parameter, const Tensor& gradient, const Tensor& exp_avg,
                            const Tensor& exp_avg_sq, const Preparation& prepare,
                            const AdamStep& step) {
  const AdamFactors factors(step);
  const Tensor g = prepared_tensor(parameter, gradient, prepare);
  exp_avg.mul_(step.beta1).add_(g, 1 - step.beta1);
  exp_avg_sq.mul_(step.beta2).addcmul_(g, g, 1 - step.beta2);
  const Tensor denominator = (exp_avg_sq.sqrt() * factors.inverse_root).add_(step.eps);
  parameter.mul_(step.shrink).addcdiv_(exp_avg, denominator, -factors.rate);
}

void sgd_update_by_tensors(const Tensor& parameter, const Tensor& gradient, const Tensor& velocity,
                           const Preparation& prepare, double lr, double momentum) {
  const Tensor g = prepared_tensor(parameter, gradient, prepare);
  if (velocity.defined()) velocity.mul_(momentum).add_(g);
  parameter.sub_(velocity.defined() ? velocity : g, lr);
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
