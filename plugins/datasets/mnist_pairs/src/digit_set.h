// The digits that the pairs of one split are made of.
#pragma once

#include <modhost/image_files.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "drawn_digit.h"

namespace modhost_mnist_pairs {

class DigitSet {
 public:
  virtual ~DigitSet() = default;
  // How many of them show a digit, 0 .. 9.
  virtual int64_t count(int digit) const = 0;
  // Writes pixels [28, 28] of one of these, number 0 .. count(digit)-1; called from several threads
  // at once.
  virtual void copy(int digit, int64_t number, uint8_t* pixels) const = 0;
};

// The same number of each digit, drawn whenever they are asked for.
class DrawnDigits : public DigitSet {
 public:
  DrawnDigits(int64_t each, uint64_t seed) : each_(each), seed_(seed) {}

  int64_t count(int) const override { return each_; }
  void copy(int digit, int64_t number, uint8_t* pixels) const override;

 private:
  int64_t each_;
  uint64_t seed_;
};

// Some of the images [1, 28, 28] of ten classes.
class ImageDigits : public DigitSet {
 public:
  ImageDigits(std::shared_ptr<const modhost::LabelledImages> images,
              const std::vector<int64_t>& chosen);

  int64_t count(int digit) const override { return static_cast<int64_t>(of(digit).size()); }
  void copy(int digit, int64_t number, uint8_t* pixels) const override;

 private:
  const std::vector<int64_t>& of(int digit) const {
    return by_digit_.at(static_cast<size_t>(digit));
  }

  std::shared_ptr<const modhost::LabelledImages> images_;
  std::array<std::vector<int64_t>, kDigits> by_digit_;
};

// No digit is in two of them.
struct DigitSets {
  std::shared_ptr<const DigitSet> train, validation, test;
};

// About as many as MNIST has: 5,000 of each digit, and 1,000 each for validation and tests.
DigitSets drawn_digits(uint64_t seed);

// A random sixth of the training images of each digit is for validation: of MNIST's 60,000 about as
// many as there are test images.
DigitSets read_digits(const modhost::ImageParts& parts, uint64_t seed);

}  // namespace modhost_mnist_pairs
