#include "kernel_updates.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

constexpr int64_t kGrain = 16384;  // entries per thread at least

// The `count` largest of the values, the first among equal ones.
void mark_largest(const double* values, int64_t size, int64_t count, bool* marks) {
  std::fill(marks, marks + size, false);
  if (count == 0) return;
  std::vector<double> sizes(values, values + size);
  const auto least = sizes.begin() + (count - 1);
  std::nth_element(sizes.begin(), least, sizes.end(), std::greater<>());
  const double threshold = *least;
  int64_t left = count;
  for (int64_t i = 0; i < size; ++i) left -= marks[i] = values[i] > threshold;
  for (int64_t i = 0; i < size && left > 0; ++i) {
    if (values[i] == threshold) left -= marks[i] = true;
  }
}

template <typename T>
void add_sizes(T* gradient, const T* weight, int64_t count, T of_sign, T of_size) {
  for (int64_t i = 0; i < count; ++i) {
    const T sign = (weight[i] > 0 ? T(1) : T(0)) - (weight[i] < 0 ? T(1) : T(0));
    gradient[i] += of_sign * sign + of_size * weight[i];
  }
}

template <typename T>
void zero_others(T* values, const uint8_t* stays, int64_t count) {
  for (int64_t i = 0; i < count; ++i) values[i] = stays[i] != 0 ? values[i] : T(0);
}

}  // namespace

void add_size_gradient(const Tensor& gradient, const Tensor& weight, double l1, double l2) {
  const torch::NoGradGuard no_grad;
  if (!weight.is_cpu()) {
    gradient.add_(weight.sign(), l1).add_(weight, 2 * l2);
    return;
  }
  AT_DISPATCH_FLOATING_TYPES(weight.scalar_type(), "add_size_gradient", [&] {
    auto* g = gradient.data_ptr<scalar_t>();
    const auto* w = weight.data_ptr<scalar_t>();
    const auto of_sign = static_cast<scalar_t>(l1), of_size = static_cast<scalar_t>(2 * l2);
    at::parallel_for(0, weight.numel(), kGrain, [&](int64_t begin, int64_t end) {
      add_sizes(g + begin, w + begin, end - begin, of_sign, of_size);
    });
  });
}

Tensor largest_entries(const Tensor& weight, int64_t parts, double sparsity) {
  const torch::NoGradGuard no_grad;
  Tensor sizes = weight.detach().to(torch::kCPU, torch::kDouble).abs().contiguous();
  sizes = sizes.nan_to_num(0, INFINITY);
  const Tensor kept = torch::empty(weight.sizes(), torch::kBool);
  const int64_t size = weight.numel() / parts;
  const auto count = static_cast<int64_t>(std::llround((1 - sparsity) * static_cast<double>(size)));
  for (int64_t part = 0; part < parts; ++part) {
    mark_largest(sizes.data_ptr<double>() + part * size, size, count,
                 kept.data_ptr<bool>() + part * size);
  }
  return kept.to(weight.device());
}

void zero_pruned(const Tensor& tensor, const Tensor& kept) {
  const torch::NoGradGuard no_grad;
  if (!tensor.is_cpu()) {
    tensor.masked_fill_(kept.logical_not(), 0);
    return;
  }
  AT_DISPATCH_FLOATING_TYPES(tensor.scalar_type(), "zero_pruned", [&] {
    auto* values = tensor.data_ptr<scalar_t>();
    const auto* stays = reinterpret_cast<const uint8_t*>(kept.data_ptr<bool>());
    at::parallel_for(0, tensor.numel(), kGrain, [&](int64_t begin, int64_t end) {
      zero_others(values + begin, stays + begin, end - begin);
    });
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
