#include "digit_set.h"

#include <modhost/random.h>

#include <algorithm>
#include <numeric>

namespace modhost_mnist_pairs {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kDrawnToTrain = 5000, kDrawnBeside = 1000;  // of each digit
constexpr size_t kHeldOutOf = 6;

}  // namespace

void DrawnDigits::copy(int digit, int64_t number, uint8_t* pixels) const {
  const uint64_t own = derive_seed(seed_, static_cast<uint64_t>(digit));
  draw_digit(digit, derive_seed(own, static_cast<uint64_t>(number)), pixels);
}

ImageDigits::ImageDigits(std::shared_ptr<const LabelledImages> images,
                         const std::vector<int64_t>& chosen)
    : images_(std::move(images)) {
  for (const int64_t image : chosen) {
    by_digit_.at(images_->labels.at(static_cast<size_t>(image))).push_back(image);
  }
}

void ImageDigits::copy(int digit, int64_t number, uint8_t* pixels) const {
  const int64_t image = of(digit).at(static_cast<size_t>(number));
  std::copy_n(images_->pixels.data() + image * kDigitPixels, kDigitPixels, pixels);
}

DigitSets drawn_digits(uint64_t seed) {
  const auto set = [seed](int64_t each, Split split) {
    return std::make_shared<DrawnDigits>(each, derive_seed(seed, to_string(split)));
  };
  return {set(kDrawnToTrain, Split::train), set(kDrawnBeside, Split::validation),
          set(kDrawnBeside, Split::test)};
}

DigitSets read_digits(const ImageParts& parts, uint64_t seed) {
  std::array<std::vector<int64_t>, kDigits> by_digit;
  for (int64_t image = 0; image < parts.train->size(); ++image) {
    by_digit.at(parts.train->labels[static_cast<size_t>(image)]).push_back(image);
  }
  std::vector<int64_t> train, validation;
  for (size_t digit = 0; digit < by_digit.size(); ++digit) {
    const std::vector<int64_t>& own = by_digit[digit];
    size_t left = own.size() / kHeldOutOf;  // still to be held out
    for (const int64_t place :
         permutation(static_cast<int64_t>(own.size()), derive_seed(seed, digit))) {
      (left > 0 ? validation : train).push_back(own[static_cast<size_t>(place)]);
      left -= left > 0 ? 1 : 0;
    }
  }
  std::vector<int64_t> test(static_cast<size_t>(parts.test->size()));
  std::iota(test.begin(), test.end(), int64_t{0});
  return {std::make_shared<ImageDigits>(parts.train, train),
          std::make_shared<ImageDigits>(parts.train, validation),
          std::make_shared<ImageDigits>(parts.test, test)};
}

}  // namespace modhost_mnist_pairs
