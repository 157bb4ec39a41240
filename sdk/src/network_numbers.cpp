#include "network_numbers.h"

#include <algorithm>

#include "modhost/statistics.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

double divisor(int64_t count) { return static_cast<double>(std::max<int64_t>(count, 1)); }

}  // namespace

std::vector<double> values_of(const Tensor& tensor) {
  if (tensor.dim() == 0) return {tensor.item<double>()};
  const Tensor plain = tensor.detach().to(torch::kCPU, torch::kDouble).contiguous();
  const double* values = plain.data_ptr<double>();
  return {values, values + plain.numel()};
}

void add_to(NetworkNumbers& sums, const NetworkNumbers& numbers) {
  for (const auto& [name, values] : numbers) {
    const auto found = std::find_if(sums.begin(), sums.end(), [&, &wanted = name](const auto& sum) {
      return sum.first == wanted;
    });
    if (found == sums.end()) {
      sums.emplace_back(name, values);
      continue;
    }
    for (size_t i = 0; i < values.size(); ++i) found->second[i] += values[i];
  }
}

void keep_only(NetworkNumbers& numbers, const std::vector<int64_t>& positions) {
  for (auto& [name, values] : numbers) {
    std::vector<double> kept;
    for (const int64_t position : positions) kept.push_back(values[static_cast<size_t>(position)]);
    values = std::move(kept);
  }
}

Numbers means_of(const NetworkNumbers& sums, int64_t position, int64_t count) {
  Numbers out;
  for (const auto& [name, values] : sums) {
    out.emplace_back(name, values[static_cast<size_t>(position)] / divisor(count));
  }
  return out;
}

Numbers overview(const NetworkNumbers& sums, int64_t count) {
  Numbers out;
  for (const auto& [name, values] : sums) out.emplace_back(name, mean(values) / divisor(count));
  if (sums.empty() || sums.back().second.size() == 1) return out;
  out.emplace_back("spread", deviation(sums.back().second) / divisor(count));
  return out;
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
