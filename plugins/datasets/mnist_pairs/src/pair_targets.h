// What a network has to say of two digits (Patil et al. 2023).
#pragma once

#include <modhost/dataset.h>
#include <modhost/tensor.h>

#include <cstdint>
#include <string>

#include "drawn_digit.h"

namespace modhost_mnist_pairs {

// digits: which they are, ten bits for the left one and ten for the right one, one of each ten set.
// exclusive_or: of digits below 8 each of the three bits in which they differ, the highest first.
enum class Targets { digits, exclusive_or };

// "digits" or "xor".
Targets targets_named(const std::string& name);

constexpr int64_t kPairWidth = 2 * kDigitSide;  // of an image [1, 28, 56]

// Digits are 0 .. kinds_of()-1.
int kinds_of(Targets targets);
int64_t bits_of(Targets targets);

// [100, bits] float: of each number, ten times the left digit plus the right one; zeros for numbers
// that do not occur.
modhost::Tensor target_table(Targets targets);

// Of always saying what is more often true of each bit, all pairs of digits as often.
double chance_of(Targets targets);

// Which digit a pixel belongs to, and what each bit is computed from.
modhost::TrueModules true_modules(Targets targets);

}  // namespace modhost_mnist_pairs
