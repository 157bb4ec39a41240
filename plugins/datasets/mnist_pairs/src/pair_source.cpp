#include "pair_source.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/random.h>

#include <algorithm>
#include <array>

namespace modhost_mnist_pairs {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

PairReader::PairReader(std::shared_ptr<const DigitSet> digits, int kinds, int64_t each,
                       uint64_t seed)
    : digits_(std::move(digits)), kinds_(kinds), each_(each), seed_(seed) {}

DigitPair PairReader::pair(int64_t index) const {
  const int64_t classes = kinds_ * kinds_;
  DigitPair out;
  out.left = static_cast<int>(index % classes / kinds_);
  out.right = static_cast<int>(index % kinds_);
  // By number and not by class, so that both tasks have the same pairs.
  const uint64_t own = derive_seed(seed_, static_cast<uint64_t>(kDigits * out.left + out.right));
  RandomStream random(derive_seed(own, static_cast<uint64_t>(index / classes)));
  const auto any = [&](int digit) {
    return static_cast<int64_t>(random.below(static_cast<uint64_t>(digits_->count(digit))));
  };
  out.left_number = any(out.left);
  out.right_number = any(out.right);
  return out;
}

int64_t PairReader::read(int64_t index, uint8_t* pixels) const {
  const DigitPair two = pair(index);
  std::array<uint8_t, kDigitPixels> left{}, right{};
  digits_->copy(two.left, two.left_number, left.data());
  digits_->copy(two.right, two.right_number, right.data());
  for (int64_t row = 0; row < kDigitSide; ++row) {
    pixels = std::copy_n(left.data() + row * kDigitSide, kDigitSide, pixels);
    pixels = std::copy_n(right.data() + row * kDigitSide, kDigitSide, pixels);
  }
  return kDigits * two.left + two.right;
}

void check_enough(const DigitSet& digits, int kinds, int64_t each, const std::string& where,
                  const std::string& what) {
  if (each == 0) return;
  for (int left = 0; left < kinds; ++left) {
    for (int right = 0; right < kinds; ++right) {
      const int64_t lefts = digits.count(left), rights = digits.count(right);
      if (lefts * rights >= each) continue;
      const std::string pair = std::to_string(left) + std::to_string(right);
      throw Error(ErrorCode::data,
                  "too few digits in '" + where + "' for " + what + " pairs: " + count_text(lefts) +
                      " of digit " + std::to_string(left) + " and " + count_text(rights) +
                      " of digit " + std::to_string(right) + " make " + count_text(lefts * rights) +
                      " pairs '" + pair + "', needed are " + count_text(each),
                  "give '--dataset." + what + " " + std::to_string(lefts * rights) +
                      "', or a folder with more digits");
    }
  }
}

PairSource::PairSource(std::unique_ptr<PairReader> reader, Targets targets,
                       std::shared_ptr<ImageMemory> memory)
    : images_(std::move(reader), {1, kDigitSide, kPairWidth}, PixelScale{}, std::move(memory)),
      table_(target_table(targets)) {}

Batch PairSource::load(const std::vector<int64_t>& indices) const {
  Batch batch = images_.load(indices);
  batch.target = table_.index_select(0, batch.target);  // [n, bits]
  return batch;
}

}  // namespace modhost_mnist_pairs
