// Images of two digits beside each other.
#pragma once

#include <modhost/image_source.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "digit_set.h"
#include "pair_targets.h"

namespace modhost_mnist_pairs {

// Which two digits of a set a pair shows.
struct DigitPair {
  int left = 0, right = 0;                    // what they are
  int64_t left_number = 0, right_number = 0;  // which of those in the set
};

// `each` pairs of each class, which is what the two digits are. Sample i is of class i modulo the
// number of classes, so any part that begins with sample 0 is balanced. Digits are drawn with
// replacement, as in the study; which ones pair k of a class has is a function of class, k and
// seed.
class PairReader : public modhost::ImageReader {
 public:
  PairReader(std::shared_ptr<const DigitSet> digits, int kinds, int64_t each, uint64_t seed);

  int64_t size() const override { return kinds_ * kinds_ * each_; }
  DigitPair pair(int64_t index) const;
  // Pixels [1, 28, 56]; ten times the left digit plus the right one.
  int64_t read(int64_t index, uint8_t* pixels) const override;

 private:
  std::shared_ptr<const DigitSet> digits_;
  int64_t kinds_, each_;
  uint64_t seed_;
};

// Error(data) unless two of `digits` can be put together in `each` ways for every class. where:
// they come from; what: "test", as the option is called.
void check_enough(const DigitSet& digits, int kinds, int64_t each, const std::string& where,
                  const std::string& what);

// Values 0 .. 1 and the bits that the network has to say.
class PairSource : public modhost::Source {
 public:
  PairSource(std::unique_ptr<PairReader> reader, Targets targets,
             std::shared_ptr<modhost::ImageMemory> memory);

  int64_t size() const override { return images_.size(); }
  modhost::Batch load(const std::vector<int64_t>& indices) const override;

 private:
  modhost::ImageSource images_;
  modhost::Tensor table_;  // [100, bits]
};

}  // namespace modhost_mnist_pairs
