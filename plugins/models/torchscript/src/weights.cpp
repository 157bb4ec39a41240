#include "weights.h"

namespace modhost_torchscript {

void Weights::set_parameters(std::vector<Parameter> parameters) {
  parameters_ = std::move(parameters);
  end();
}

void Weights::begin(int64_t parts, int64_t rows) {
  parts_ = parts;
  rows_ = rows;
}

void Weights::end() {
  variants_.assign(parameters_.size(), Tensor());
  separate_.assign(parameters_.size(), {});
  parts_ = 1;
}

bool Weights::any_varied(const std::vector<size_t>& indices) const {
  for (const size_t index : indices) {
    if (varied(index)) return true;
  }
  return false;
}

const Tensor& Weights::variants(size_t index) {
  Tensor& cached = variants_[index];
  if (!cached.defined()) cached = parameters_[index].get().tensor();
  return cached;
}

Tensor Weights::of_part(size_t index, int64_t part) {
  if (!varied(index)) return parameters_[index].tensor();
  std::vector<Tensor>& separate = separate_[index];
  // All at once: each slice by itself would cost a gradient of the size of all.
  if (separate.empty()) separate = variants(index).unbind(0);
  return separate[static_cast<size_t>(part)];
}

WeightView Weights::view(size_t index, bool once) {
  if (once || !varied(index)) return parameters_[index].get();
  const Tensor& all = variants(index);
  return WeightView(parameters_[index].tensor(), modhost::given_variants(all));
}

}  // namespace modhost_torchscript
