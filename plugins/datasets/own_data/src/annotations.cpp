#include "annotations.h"

#include <modhost/random.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace modhost_own_data {
namespace {

// The samples one could deal out, at random but those of one class and task side by side.
std::vector<int64_t> by_kind(const Annotations& notes, uint64_t seed) {
  std::vector<int64_t> order = modhost::permutation(notes.size, seed);
  const auto kind = [&](int64_t sample) {
    const auto at = static_cast<size_t>(sample);
    return std::pair(notes.label.empty() ? 0 : notes.label[at],
                     notes.task.empty() ? 0 : notes.task[at]);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return kind(a) < kind(b); });
  return order;
}

// Moves `share` of the training samples among `order` to `part`, evenly along the order.
void take(Annotations& notes, const std::vector<int64_t>& order, double share, Part part) {
  int64_t seen = 0;
  for (const int64_t sample : order) {
    Part& own = notes.part[static_cast<size_t>(sample)];
    if (own != Part::train) continue;
    const auto before = static_cast<int64_t>(std::floor(static_cast<double>(seen) * share + 0.5));
    ++seen;
    const auto after = static_cast<int64_t>(std::floor(static_cast<double>(seen) * share + 0.5));
    if (after > before) own = part;
  }
}

}  // namespace

void divide(Annotations& notes, double validation, double test, uint64_t seed) {
  const bool none = notes.part.empty();
  if (none) notes.part.assign(static_cast<size_t>(notes.size), Part::train);
  const auto lacks = [&](Part part) {
    return std::find(notes.part.begin(), notes.part.end(), part) == notes.part.end();
  };
  const bool no_validation = lacks(Part::validation), no_test = lacks(Part::test);
  const std::vector<int64_t> order = by_kind(notes, seed);
  if (no_test) take(notes, order, test, Part::test);
  // Of what is left, so that it is the share of the whole.
  if (no_validation) {
    const double left = no_test ? 1 - test : 1;
    take(notes, order, std::min(1.0, validation / left), Part::validation);
  }
}

double largest_share(const Annotations& notes) {
  if (notes.classes.empty() || notes.size == 0) return 0;
  std::vector<int64_t> count(notes.classes.size());
  for (const int32_t label : notes.label) ++count[static_cast<size_t>(label)];
  return static_cast<double>(*std::max_element(count.begin(), count.end())) /
         static_cast<double>(notes.size);
}

}  // namespace modhost_own_data
