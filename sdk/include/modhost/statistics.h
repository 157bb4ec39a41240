// Mean and spread of a few numbers, as tables of results show them.
#pragma once

#include <vector>

namespace modhost {
inline namespace v1 {

double mean(const std::vector<double>& values);  // 0 of none
// The standard deviation of the population that the values are a sample of; 0 of fewer than two.
double deviation(const std::vector<double>& values);

}  // namespace v1
}  // namespace modhost
