// Inputs as functions of numbers that are free: what an ascent moves (Olah, Mordvintsev, Schubert
// 2017, "Feature visualization", and their program lucid).
#pragma once

#include <modhost/dataset.h>
#include <modhost/tensor.h>

#include <cstdint>
#include <vector>

#include "test_data.h"

namespace modhost_featurevis {

// 1 / (1 + exp(-x)), entry by entry. The same bits wherever in a tensor an entry is, which LibTorch
// does not promise; differentiable once.
modhost::Tensor squashed(const modhost::Tensor& x);

// What the real Fourier coefficients [height, width / 2 + 1] of an image are multiplied by:
// sqrt(height * width) / max(frequency, 1 / max(height, width)), in cycles a pixel.
modhost::Tensor spectrum_scale(int64_t height, int64_t width);

class InputBasis {
 public:
  // Images [channels, height, width] have Fourier coefficients, of three channels in colours that
  // are uncorrelated in natural images; features have themselves. Both end in the range.
  InputBasis(const modhost::Signature& signature, InputRange range);

  // Parameters of one input: [2, channels, height, width / 2 + 1], real and imaginary parts, or
  // [features].
  std::vector<int64_t> shape() const;
  // Normal with deviation 0.01, float.
  modhost::Tensor drawn(uint64_t seed) const;
  // [n, *shape()] -> [n, *input shape], differentiable, of the type and device of the parameters.
  modhost::Tensor inputs(const modhost::Tensor& parameters) const;

 private:
  modhost::Tensor pictures(const modhost::Tensor& parameters) const;

  std::vector<int64_t> input_shape_;
  bool image_;
  InputRange range_;
  modhost::Tensor scale_;  // double, of images
};

}  // namespace modhost_featurevis
