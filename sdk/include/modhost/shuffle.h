// Values in a random order: null models of weights and correlations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "modhost/random.h"

namespace modhost {
inline namespace v1 {

// Puts the values in one of all their orders, each as likely as the others (Fisher, Yates;
// Durstenfeld 1964). The order is a function of count and seed. Some 4 ns a value as long as they
// fit the cache.
void shuffle_values(double* values, int64_t count, uint64_t seed);

// Random wirings of two layers in which each unit keeps its number of edges (Maslov, Sneppen 2002):
// `places`, distinct positions row * columns + column of a matrix of `count` entries, are its
// edges. Two edges (i, j), (k, l) become (i, l), (k, j) where these places are free, tried ten
// times as often as there are edges.
std::vector<size_t> swap_ends(std::vector<size_t> places, size_t count, size_t columns,
                              RandomStream& random);

}  // namespace v1
}  // namespace modhost
