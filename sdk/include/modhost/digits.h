// Numbers as their decimal digits, the lowest first.
#pragma once

#include <cstdint>

namespace modhost {
inline namespace v1 {

constexpr int64_t kDigitBase = 10;

// 10^digits, digits 0 .. 18.
int64_t power_of_ten(int64_t digits);

// Sets one of ten for each of the lowest `digits` digits. row: [digits, 10], zeros before.
void one_hot_digits(int64_t number, int64_t digits, float* row);

// The lowest `digits` digits themselves. places: [digits]
void split_digits(int64_t number, int64_t digits, int64_t* places);

}  // namespace v1
}  // namespace modhost
