#include "sample_input.h"

#include <modhost/random.h>

namespace modhost_torchscript {

using modhost::Input;
using modhost::RandomStream;

Tensor random_normal(torch::IntArrayRef shape, uint64_t seed) {
  const Tensor values = torch::empty(shape, torch::kFloat);
  RandomStream random(seed);
  float* out = values.data_ptr<float>();
  for (int64_t i = 0; i < values.numel(); ++i) out[i] = static_cast<float>(random.normal());
  return values;
}

Tensor sample_input(const Signature& signature, int64_t rows, uint64_t seed) {
  std::vector<int64_t> shape{rows};
  shape.insert(shape.end(), signature.input_shape.begin(), signature.input_shape.end());
  if (signature.input != Input::tokens) return random_normal(shape, seed);
  const Tensor tokens = torch::empty(shape, torch::kLong);
  RandomStream random(seed);
  int64_t* out = tokens.data_ptr<int64_t>();
  for (int64_t i = 0; i < tokens.numel(); ++i) {
    out[i] = static_cast<int64_t>(random.below(static_cast<uint64_t>(signature.vocabulary)));
  }
  return tokens;
}

Tensor with_other_row(const Signature& signature, const Tensor& input, int64_t row, uint64_t seed) {
  Tensor changed = input.clone();
  Tensor other = sample_input(signature, 1, seed)[0];
  // Few tokens may happen to be equal; one that differs in every place cannot.
  if (signature.input == Input::tokens && signature.vocabulary > 1) {
    other = (input[row] + 1 + other.remainder(signature.vocabulary - 1))
                .remainder(signature.vocabulary);
  }
  changed[row].copy_(other);
  return changed;
}

}  // namespace modhost_torchscript
