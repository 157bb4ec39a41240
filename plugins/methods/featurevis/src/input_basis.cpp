#include "input_basis.h"

#include <modhost/random.h>
#include <torch/autograd.h>
#include <torch/fft.h>

#include <algorithm>
#include <cmath>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr double kDeviation = 0.01;

template <typename T>
void squash(const T* in, T* out, int64_t count) {
  for (int64_t i = 0; i < count; ++i) out[i] = 1 / (1 + std::exp(-in[i]));
}

class Squash : public torch::autograd::Function<Squash> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x) {
    const Tensor in = x.contiguous();
    Tensor out = torch::empty_like(in);
    if (!in.is_cpu()) {
      out = torch::sigmoid(in);
    } else if (in.scalar_type() == torch::kDouble) {
      squash(in.data_ptr<double>(), out.data_ptr<double>(), in.numel());
    } else {
      squash(in.data_ptr<float>(), out.data_ptr<float>(), in.numel());
    }
    context->save_for_backward({out});
    return out;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const Tensor out = context->get_saved_variables()[0];
    return {gradients[0] * out * (1 - out)};
  }
};

// The square root of the correlation of red, green and blue in ImageNet, as lucid has it, divided
// by the largest norm of a column. [colour, uncorrelated]
Tensor colour_mix(const torch::TensorOptions& options) {
  const Tensor root =
      torch::tensor({0.26, 0.09, 0.02, 0.27, 0.00, -0.05, 0.27, -0.09, 0.03}, torch::kDouble)
          .view({3, 3});
  return (root / root.square().sum(0).sqrt().max()).to(options);
}

}  // namespace

Tensor squashed(const Tensor& x) { return Squash::apply(x); }

Tensor spectrum_scale(int64_t height, int64_t width) {
  const Tensor down = torch::fft::fftfreq(height, torch::kDouble).unsqueeze(1);
  const Tensor across = torch::fft::rfftfreq(width, torch::kDouble).unsqueeze(0);
  const Tensor frequency = (down.square() + across.square()).sqrt();
  const double least = 1.0 / static_cast<double>(std::max(height, width));
  return std::sqrt(static_cast<double>(height * width)) / frequency.clamp_min(least);
}

InputBasis::InputBasis(const Signature& signature, InputRange range)
    : input_shape_(signature.input_shape),
      image_(signature.input == Input::image),
      range_(std::move(range)) {
  if (image_) scale_ = spectrum_scale(input_shape_[1], input_shape_[2]);
}

std::vector<int64_t> InputBasis::shape() const {
  if (!image_) return input_shape_;
  return {2, input_shape_[0], input_shape_[1], input_shape_[2] / 2 + 1};
}

Tensor InputBasis::drawn(uint64_t seed) const {
  Tensor out = torch::empty(shape(), torch::kFloat);
  RandomStream random(seed);
  auto* value = out.data_ptr<float>();
  for (int64_t i = 0; i < out.numel(); ++i) {
    value[i] = static_cast<float>(kDeviation * random.normal());
  }
  return out;
}

Tensor InputBasis::pictures(const Tensor& parameters) const {
  const Tensor scaled = parameters * scale_.to(parameters.options());  // [n, 2, c, h, w / 2 + 1]
  const Tensor spectrum = torch::complex(scaled.select(1, 0), scaled.select(1, 1));
  // A quarter of what the spectrum says: lucid's.
  const Tensor image =
      torch::fft::irfft2(spectrum, torch::IntArrayRef({input_shape_[1], input_shape_[2]})) / 4;
  if (input_shape_[0] != 3) return image;
  const Tensor mix = colour_mix(parameters.options());
  std::vector<Tensor> colours;  // sums of three, whose bits do not depend on the number of images
  for (int64_t colour = 0; colour < 3; ++colour) {
    const Tensor row = mix[colour].view({3, 1, 1});
    const Tensor parts = image * row;
    colours.push_back(parts.select(1, 0) + parts.select(1, 1) + parts.select(1, 2));
  }
  return torch::stack(colours, 1);
}

Tensor InputBasis::inputs(const Tensor& parameters) const {
  const Tensor free = image_ ? pictures(parameters) : parameters;
  const Tensor low = range_.low.to(parameters.options());
  const Tensor high = range_.high.to(parameters.options());
  return low + (high - low) * squashed(free);
}

}  // namespace modhost_featurevis
