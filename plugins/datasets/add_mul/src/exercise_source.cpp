#include "exercise_source.h"

#include <algorithm>

namespace modhost_add_mul {

void ExerciseSource::encode(int64_t index, float* input) const {
  const auto at = static_cast<size_t>(index);
  for (size_t place = 0; place < 2; ++place) {
    one_hot_digits(exercises_.numbers[2 * at + place], digits_, input);
    input += digits_ * kDigitBase;
  }
  input[exercises_.operation[at]] = 1;
}

Batch ExerciseSource::load(const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const int64_t width = input_width(digits_);
  const int64_t repeats = std::max<int64_t>(steps_, 1);
  const Tensor input =
      steps_ == 0 ? torch::zeros({count, width}) : torch::zeros({count, repeats, width});
  const Tensor target = torch::empty({count, digits_}, torch::kLong);
  const int64_t modulus = power_of_ten(digits_);
  auto* row = input.data_ptr<float>();
  auto* places = target.data_ptr<int64_t>();
  for (const int64_t index : indices) {
    encode(index, row);
    for (int64_t step = 1; step < repeats; ++step) std::copy_n(row, width, row + step * width);
    row += repeats * width;
    split_digits(exercises_.answer(index, modulus), digits_, places);
    places += digits_;
  }
  return {input, target};
}

Tensor ExerciseSource::targets_under(int64_t alternative,
                                     const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const Tensor target = torch::empty({count, digits_}, torch::kLong);
  const int64_t modulus = power_of_ten(digits_);
  auto* places = target.data_ptr<int64_t>();
  for (const int64_t index : indices) {
    const int64_t answer = exercises_.answer(index, modulus, static_cast<Operation>(alternative));
    split_digits(answer, digits_, places);
    places += digits_;
  }
  return target;
}

}  // namespace modhost_add_mul
