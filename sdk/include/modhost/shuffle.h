// Values in a random order: null models of weights and correlations.
#pragma once

#include <cstdint>

namespace modhost {
inline namespace v1 {

// Puts the values in one of all their orders, each as likely as the others (Fisher, Yates;
// Durstenfeld 1964). The order is a function of count and seed. Some 4 ns a value as long as they
// fit the cache.
void shuffle_values(double* values, int64_t count, uint64_t seed);

}  // namespace v1
}  // namespace modhost
