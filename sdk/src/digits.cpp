#include "modhost/digits.h"

namespace modhost {
inline namespace v1 {

int64_t power_of_ten(int64_t digits) {
  int64_t out = 1;
  for (int64_t digit = 0; digit < digits; ++digit) out *= kDigitBase;
  return out;
}

void one_hot_digits(int64_t number, int64_t digits, float* row) {
  for (int64_t digit = 0; digit < digits; ++digit, number /= kDigitBase, row += kDigitBase) {
    row[number % kDigitBase] = 1;
  }
}

void split_digits(int64_t number, int64_t digits, int64_t* places) {
  for (int64_t digit = 0; digit < digits; ++digit, number /= kDigitBase) {
    places[digit] = number % kDigitBase;
  }
}

}  // namespace v1
}  // namespace modhost
