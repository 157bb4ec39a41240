#include "mask_sharing.h"

#include <algorithm>
#include <cmath>

namespace modhost_diffmask {
namespace {

SharedPair pair_of(const MaskResult* a, const MaskResult* b) {
  SharedPair out;
  out.a = a;
  out.b = b;
  out.overlap = overlap(a->bits, b->bits);
  const modhost::RandomOverlap even = random_overlap(a->bits, b->bits, false);
  const modhost::RandomOverlap drawn = random_overlap(a->bits, b->bits, true);
  const auto smaller =
      static_cast<double>(std::max<int64_t>(1, std::min(out.overlap.a, out.overlap.b)));
  out.random = even.mean / smaller;
  out.random_per_tensor = drawn.mean / smaller;
  if (drawn.variance > 0) {
    out.z = (static_cast<double>(out.overlap.both) - drawn.mean) / std::sqrt(drawn.variance);
    out.p = modhost::two_sided_p(out.z);
  }
  return out;
}

}  // namespace

std::vector<SharedPair> shared_pairs(const Results& results) {
  const auto tasks = tasks_of(results);
  std::vector<SharedPair> out;
  std::vector<double> p;
  for (size_t i = 0; i < tasks.size(); ++i) {
    for (size_t j = i + 1; j < tasks.size(); ++j) {
      out.push_back(pair_of(tasks[i], tasks[j]));
      p.push_back(out.back().p);
    }
  }
  const std::vector<double> adjusted = modhost::benjamini_hochberg(p);
  for (size_t i = 0; i < out.size(); ++i) out[i].p_adjusted = adjusted[i];
  return out;
}

NamedTensors common_bits(const Results& results) {
  const auto tasks = tasks_of(results);
  if (tasks.size() < 2) return {};
  NamedTensors common = tasks[0]->bits;
  for (size_t i = 1; i < tasks.size(); ++i) common = intersection(common, tasks[i]->bits);
  return common;
}

NamedTensors others_bits(const Results& results, const MaskResult& own) {
  NamedTensors out;
  for (const MaskResult* other : tasks_of(results)) {
    if (other == &own) continue;
    out = out.empty() ? other->bits : joined(out, other->bits);
  }
  return out;
}

}  // namespace modhost_diffmask
