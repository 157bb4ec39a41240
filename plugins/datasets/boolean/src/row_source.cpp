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
  for (const int64_t row : indices) {
    in = std::copy_n(rows_.input.data() + row * rows_.inputs, rows_.inputs, in);
    out = std::copy_n(rows_.target.data() + row * rows_.outputs, rows_.outputs, out);
  }
  return {input, target};
}

Batch RowSource::drawn(const std::vector<int64_t>& indices,
                       const std::vector<uint64_t>& draws) const {
  Batch batch = load(indices);
  if (noise_ == 0) return batch;
  auto* in = batch.input.data_ptr<float>();
  for (size_t i = 0; i < indices.size(); ++i) {
    RandomStream random(
        derive_seed(derive_seed(seed_, draws[i]), static_cast<uint64_t>(indices[i])));
    for (int64_t place = 0; place < rows_.inputs; ++place) {
      *in++ += static_cast<float>(noise_ * random.normal());
    }
  }
  return batch;
}

}  // namespace modhost_boolean
