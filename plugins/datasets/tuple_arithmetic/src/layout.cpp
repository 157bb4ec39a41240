#include "layout.h"

#include <modhost/digits.h>

#include "sums.h"

namespace modhost_tuple_arithmetic {
namespace {

constexpr int64_t kStepsOfPair = 3;  // of a recurrent network

// For each place of the answer: the last step of its pair.
std::vector<int64_t> last_steps(int64_t steps_of_pair, int64_t digits) {
  std::vector<int64_t> out;
  for (int64_t place = 0; place < kPairs * digits; ++place) {
    out.push_back((place / digits + 1) * steps_of_pair - 1);
  }
  return out;
}

// For each place of the answer: its digit, whatever the pair.
std::vector<int64_t> shared_places(int64_t digits) {
  std::vector<int64_t> out;
  for (int64_t place = 0; place < kPairs * digits; ++place) out.push_back(place % digits);
  return out;
}

}  // namespace

bool Layout::shows(int64_t step, int64_t pair) const {
  return !in_turn || step / (steps / kPairs) == pair;
}

int64_t Layout::width(int64_t digits) const {
  return (shared_input ? 1 : kPairs) * kNumbers * digits * modhost::kDigitBase;
}

Layout layout_of(const std::string& mode, int64_t digits) {
  Layout out;
  if (mode == "features") {
    out.sequence = false;
    return out;
  }
  if (mode == "passes") {
    out.steps = kPairs;
    out.in_turn = true;
    out.read_steps = last_steps(1, digits);
    return out;
  }
  out.steps = kPairs * kStepsOfPair;
  out.hides_other = true;
  out.in_turn = mode != "together" && mode != "same_output";
  out.shared_input = mode == "same_input" || mode == "same_io";
  const bool shared_output = mode == "same_output" || mode == "same_io";
  if (shared_output || mode == "only_one_io") out.read_steps = last_steps(kStepsOfPair, digits);
  if (shared_output) out.read_places = shared_places(digits);
  return out;
}

}  // namespace modhost_tuple_arithmetic
