#include "update_rules.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "update_kernels.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kGrain = 16384;  // entries per thread at least, and of one partial sum

template <typename T>
Prepared<T> prepared(const Preparation& from, size_t part) {
  return {static_cast<T>(from.offset), static_cast<T>(from.scales[part]),
          static_cast<T>(from.decay)};
}

struct AdamFactors {
  double rate, inverse_root;  // of the two bias corrections
  explicit AdamFactors(const AdamStep& step)
      : rate(step.lr / (1 - std::pow(step.beta1, static_cast<double>(step.step)))),
        inverse_root(1 / std::sqrt(1 - std::pow(step.beta2, static_cast<double>(step.step)))) {}
};

template <typename T>
AdamNumbers<T> adam_numbers(const AdamStep& step) {
  const AdamFactors factors(step);
  return {static_cast<T>(factors.rate),   static_cast<T>(factors.inverse_root),
          static_cast<T>(step.beta1),     static_cast<T>(step.beta2),
          static_cast<T>(1 - step.beta1), static_cast<T>(1 - step.beta2),
          static_cast<T>(step.eps),       static_cast<T>(step.shrink)};
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

// Calls work(first, count, part) on all threads, each time within one of `parts` equal parts.
template <typename F>
void in_pieces(int64_t count, size_t parts, const F& work) {
  const int64_t size = count / static_cast<int64_t>(parts);
  at::parallel_for(0, count, kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end;) {
      const int64_t part = at / size, next = std::min(end, (part + 1) * size);
      work(at, next - at, static_cast<size_t>(part));
      at = next;
    }
  });
}

Tensor prepared_tensor(const Tensor& parameter, const Tensor& gradient, const Preparation& from) {
  std::vector<int64_t> shape(static_cast<size_t>(gradient.dim()), 1);
  if (from.scales.size() > 1) shape[0] = gradient.size(0);
  const Tensor scale =
      torch::tensor(from.scales, torch::kDouble).view(shape).to(gradient.options());
  return (gradient + from.offset) * scale + from.decay * parameter;
}

}  // namespace

void adam_update(const Tensor& parameter, const Tensor& gradient, const Tensor& exp_avg,
                 const Tensor& exp_avg_sq, const Preparation& prepare, const AdamStep& step) {
  if (!parameter.is_cpu()) {
    return adam_update_by_tensors(parameter, gradient, exp_avg, exp_avg_sq, prepare, step);
  }
  AT_DISPATCH_FLOATING_TYPES(parameter.scalar_type(), "adam_update", [&] {
    const auto numbers = adam_numbers<scalar_t>(step);
    const auto run = update_kernels().loops(scalar_t()).adam;
    auto *p = parameter.data_ptr<scalar_t>(), *mean = exp_avg.data_ptr<scalar_t>();
    auto* square = exp_avg_sq.data_ptr<scalar_t>();
    const auto* g = gradient.data_ptr<scalar_t>();
    in_pieces(parameter.numel(), prepare.scales.size(),
              [&](int64_t at, int64_t count, size_t part) {
                run(p + at, g + at, mean + at, square + at, count,
                    prepared<scalar_t>(prepare, part), numbers);
              });
  });
}

void sgd_update(const Tensor& parameter, const Tensor& gradient, const Tensor& velocity,
                const Preparation& prepare, double lr, double momentum) {
  if (!parameter.is_cpu()) {
    return sgd_update_by_tensors(parameter, gradient, velocity, prepare, lr, momentum);
  }
  AT_DISPATCH_FLOATING_TYPES(parameter.scalar_type(), "sgd_update", [&] {
    auto* p = parameter.data_ptr<scalar_t>();
    auto* v = velocity.defined() ? velocity.data_ptr<scalar_t>() : nullptr;
    const auto* g = gradient.data_ptr<scalar_t>();
    const auto run = update_kernels().loops(scalar_t()).sgd;
    const auto rate = static_cast<scalar_t>(lr), keep = static_cast<scalar_t>(momentum);
    in_pieces(parameter.numel(), prepare.scales.size(),
              [&](int64_t at, int64_t count, size_t part) {
                run(p + at, g + at, v == nullptr ? v : v + at, count,
                    prepared<scalar_t>(prepare, part), rate, keep);
              });
  });
}

void add_squared_norms(const Tensor& gradient, double offset, std::vector<double>& sums) {
  const auto parts = static_cast<int64_t>(sums.size());
  if (!gradient.is_cpu()) {
    for (int64_t part = 0; part < parts; ++part) {
      const Tensor own = gradient.view({parts, -1})[part];
      sums[static_cast<size_t>(part)] += (own + offset).square().sum().item<double>();
    }
    return;
  }
  const int64_t count = gradient.numel() / parts, pieces = (count + kGrain - 1) / kGrain;
  std::vector<double> piece_sums(static_cast<size_t>(parts * pieces), 0);
  AT_DISPATCH_FLOATING_TYPES(gradient.scalar_type(), "add_squared_norms", [&] {
    const scalar_t* from = gradient.data_ptr<scalar_t>();
    at::parallel_for(0, parts * pieces, 1, [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end; ++at) {
        const int64_t first = at % pieces * kGrain;
        piece_sums[static_cast<size_t>(at)] = sum_of_squares(
            from + at / pieces * count + first, std::min(kGrain, count - first), offset);
      }
    });
  });
  for (int64_t part = 0; part < parts; ++part) {
    const auto first = piece_sums.begin() + part * pieces;
    sums[static_cast<size_t>(part)] += std::accumulate(first, first + pieces, 0.0);
  }
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
