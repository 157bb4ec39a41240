#include "shuffled_values.h"

#include <modhost/shuffle.h>

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

void shuffle_all(std::vector<double>& values, RandomStream& random) {
  const uint64_t seed = random.next();
  shuffle_values(values.data(), static_cast<int64_t>(values.size()),
                 derive_seed(seed, random.next()));
}

std::vector<size_t> nonzero_places(const std::vector<double>& values) {
  std::vector<size_t> out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] != 0) out.push_back(i);
  }
  return out;
}

}  // namespace modhost_spectral
