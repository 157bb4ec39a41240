#include "row_source.h"

#include <modhost/random.h>

#include <algorithm>

namespace modhost_boolean {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

Batch RowSource::load(const std::vector<int64_t>& indices) const {
  const auto count = static_cast<int64_t>(indices.size());
  const Tensor input = torch::empty({count, rows_.inputs});
  const Tensor target = torch::empty({count, rows_.outputs});
  auto *in = input.data_ptr<float>(), *out = target.data_ptr<float>();
  for (const int64_t index : indices) {
    const int64_t row = index % rows_.count();
    const float* end = std::copy_n(rows_.input.data() + row * rows_.inputs, rows_.inputs, in);
    if (noise_ > 0) {
      RandomStream random(derive_seed(seed_, static_cast<uint64_t>(index)));
      for (float* value = in; value != end; ++value) {
        *value += static_cast<float>(noise_ * random.normal());
      }
    }
    in += rows_.inputs;
    out = std::copy_n(rows_.target.data() + row * rows_.outputs, rows_.outputs, out);
  }
  return {input, target};
}

}  // namespace modhost_boolean
