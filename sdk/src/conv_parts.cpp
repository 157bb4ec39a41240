#include "conv_parts.h"

#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <tuple>
#include <vector>

#include "parts.h"
#include "sides.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

int64_t out_size(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}

// Part `index` of [E, ...] where each part has its own, else all of it.
Tensor part_of(const Tensor& value, bool own, int64_t index) {
  return own ? value.select(0, index) : value;
}

// An absent bias is an empty one.
class PartConvolutions : public torch::autograd::Function<PartConvolutions> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& w, const Tensor& b,
                        const Conv2dGeometry& geometry) {
    const int64_t parts = w.size(0), rows = part_rows(x, parts);
    const bool has_bias = b.numel() > 0, own_bias = has_bias && b.dim() == 2;
    Tensor y;
    for (int64_t part = 0; part < parts; ++part) {
      const Tensor bias = has_bias ? part_of(b, own_bias, part) : Tensor();
      const Tensor here =
          convolve(x.narrow(0, part * rows, rows), w.select(0, part), bias, geometry);
      if (!y.defined()) y = empty_for(here, x.size(0));
      y.narrow(0, part * rows, rows).copy_(here);
    }
    context->save_for_backward({x, w});
    context->saved_data["own_bias"] = own_bias;
    context->saved_data["groups"] = geometry.groups;
    context->saved_data["stride"] = detail::both(geometry.stride);
    context->saved_data["padding"] = detail::both(geometry.padding);
    context->saved_data["dilation"] = detail::both(geometry.dilation);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &w = saved[1];
    const bool own_bias = context->saved_data["own_bias"].toBool();
    const bool for_x = context->needs_input_grad(0), for_w = context->needs_input_grad(1);
    const bool for_b = context->needs_input_grad(2);
    const Conv2dGeometry geometry = geometry_of(context);
    const int64_t parts = w.size(0), rows = x.size(0) / parts;
    const Tensor g = gradients[0].contiguous(x.suggest_memory_format());
    const Tensor dx = for_x ? torch::empty_like(x) : Tensor();
    const Tensor dw = for_w ? torch::empty(w.sizes(), w.options()) : Tensor();
    std::vector<Tensor> db;
    for (int64_t part = 0; part < parts; ++part) {
      const auto own = [&](const Tensor& value) { return value.narrow(0, part * rows, rows); };
      Tensor of_x, of_w, of_b;
      if (for_x || for_w) {  // LibTorch computes that of the bias along with that of the weights
        std::tie(of_x, of_w, of_b) = convolution_gradients(
            own(g), own(x), w.select(0, part), geometry, {for_x, for_w, for_w && for_b});
      }
      if (for_x) own(dx).copy_(of_x);
      if (for_w) dw.select(0, part).copy_(of_w);
      if (for_b) db.push_back(for_w ? of_b : own(g).sum({0, 2, 3}));
    }
    return {dx, dw, for_b ? sum_or_stack(db, own_bias) : Tensor(), Tensor()};
  }

 private:
  static Conv2dGeometry geometry_of(AutogradContext* context) {
    const auto sides = [&](const char* name) {
      const std::vector<int64_t> values = context->saved_data[name].toIntVector();
      return Sides(values[0], values[1]);
    };
    return {sides("stride"), sides("padding"), sides("dilation"),
            context->saved_data["groups"].toInt()};
  }

  static Tensor sum_or_stack(const std::vector<Tensor>& parts, bool own) {
    const Tensor all = torch::stack(parts, 0);
    return own ? all : all.sum(0);
  }
};

}  // namespace

Tensor convolve(const Tensor& x, const Tensor& w, const Tensor& b, const Conv2dGeometry& geometry) {
  return torch::conv2d(x, w, b, detail::both(geometry.stride), detail::both(geometry.padding),
                       detail::both(geometry.dilation), geometry.groups);
}

Sides convolved_sides(const Tensor& x, const Sides& kernel, const Conv2dGeometry& geometry) {
  const Sides &stride = geometry.stride, &padding = geometry.padding, &step = geometry.dilation;
  return {out_size(x.size(2), kernel.height, stride.height, padding.height, step.height),
          out_size(x.size(3), kernel.width, stride.width, padding.width, step.width)};
}

std::tuple<Tensor, Tensor, Tensor> convolution_gradients(const Tensor& g, const Tensor& x,
                                                         const Tensor& w,
                                                         const Conv2dGeometry& geometry,
                                                         const std::array<bool, 3>& wanted) {
  const std::vector<int64_t> bias_sizes{w.size(0)};
  return at::convolution_backward(g, x, w, at::IntArrayRef(bias_sizes),
                                  detail::both(geometry.stride), detail::both(geometry.padding),
                                  detail::both(geometry.dilation), false, {0, 0}, geometry.groups,
                                  wanted);
}

Tensor empty_for(const Tensor& part, int64_t rows) {
  return torch::empty({rows, part.size(1), part.size(2), part.size(3)}, part.options(),
                      part.suggest_memory_format());
}

Tensor convolve_each_part(const Tensor& x, const Tensor& w, const Tensor& b,
                          const Conv2dGeometry& geometry) {
  // Autograd takes no undefined inputs.
  return PartConvolutions::apply(x, w, b.defined() ? b : torch::empty({0}, w.options()), geometry);
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
