// Numbers of several networks beside each other: losses, accuracies and their sums over steps.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "modhost/progress.h"
#include "modhost/tensor.h"

namespace modhost {
inline namespace v1 {
namespace detail {

// By name, one value for each network.
using NetworkNumbers = std::vector<std::pair<std::string, std::vector<double>>>;

// The entries of a tensor of shape [] or [n].
std::vector<double> values_of(const Tensor& tensor);

// Adds value by value; names that are not in `sums` yet are appended.
void add_to(NetworkNumbers& sums, const NetworkNumbers& numbers);

// Leaves the networks at `positions`, in that order.
void keep_only(NetworkNumbers& numbers, const std::vector<int64_t>& positions);

// Of one network, after division by `count` (by 1 when that is 0).
Numbers means_of(const NetworkNumbers& sums, int64_t position, int64_t count);

// Over all networks; of several also "spread", the standard deviation of the last number.
Numbers overview(const NetworkNumbers& sums, int64_t count);

}  // namespace detail
}  // namespace v1
}  // namespace modhost
