#include "sum_source.h"

#include <modhost/digits.h>

#include <algorithm>

namespace modhost_tuple_arithmetic {
namespace {

constexpr int64_t kDoesNotCount = -1;

}  // namespace

void SumSource::show(int64_t index, float* input) const {
  const int64_t number_width = digits_ * kDigitBase;
  for (int64_t step = 0; step < layout_.steps; ++step, input += layout_.width(digits_)) {
    for (int64_t pair = 0; pair < kPairs; ++pair) {
      const bool hidden = restriction_.hides_other && pair != restriction_.pair;
      if (hidden || !layout_.shows(step, pair)) continue;
      float* row = input + (layout_.shared_input ? 0 : pair * kNumbers * number_width);
      for (int64_t place = 0; place < kNumbers; ++place, row += number_width) {
        one_hot_digits(sums_->number(index, pair, place), digits_, row);
      }
    }
  }
}

void SumSource::answer(int64_t index, std::optional<int64_t> counts, int64_t* places) const {
  for (int64_t pair = 0; pair < kPairs; ++pair, places += digits_) {
    if (counts.value_or(pair) == pair) {
      split_digits(sums_->sum(index, pair), digits_, places);
    } else {
      std::fill_n(places, digits_, kDoesNotCount);
    }
  }
}

Batch SumSource::load(const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const int64_t width = layout_.width(digits_);
  const Tensor input =
      layout_.sequence ? torch::zeros({count, layout_.steps, width}) : torch::zeros({count, width});
  const Tensor target = torch::empty({count, kPairs * digits_}, torch::kLong);
  auto* shown = input.data_ptr<float>();
  auto* places = target.data_ptr<int64_t>();
  for (const int64_t index : indices) {
    show(index, shown);
    answer(index, restriction_.pair, places);
    shown += layout_.steps * width;
    places += kPairs * digits_;
  }
  return {input, target};
}

Tensor SumSource::targets_under(int64_t alternative, const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const Tensor target = torch::empty({count, kPairs * digits_}, torch::kLong);
  auto* places = target.data_ptr<int64_t>();
  for (const int64_t index : indices) {
    answer(index, alternative, places);
    places += kPairs * digits_;
  }
  return target;
}

}  // namespace modhost_tuple_arithmetic
