// Digits drawn at random, as somebody writes them: white on black, as those of MNIST.
#pragma once

#include <cstdint>
#include <vector>

#include "strokes.h"

namespace modhost_mnist_pairs {

constexpr int kDigits = 10;
constexpr int64_t kDigitSide = 28;  // pixels
constexpr int64_t kDigitPixels = kDigitSide * kDigitSide;

// The ways to write a digit, 0 .. 9, each as strokes within -1 .. 1.
using Writing = std::vector<modhost_glyphs::Stroke>;
const std::vector<Writing>& writings(int digit);

// Writes pixels [28, 28]; a function of its arguments alone.
void draw_digit(int digit, uint64_t seed, uint8_t* pixels);

}  // namespace modhost_mnist_pairs
