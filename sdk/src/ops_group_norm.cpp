// Group normalisation with scales and shifts that may differ from part to part.
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "held.h"
#include "modhost/ops.h"
#include "norm_kernels.h"
#include "norm_parts.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct GroupNormSetting {
  int64_t groups, parts, shift_parts;
  double eps;
};

detail::GroupNormShape shape_of(const ChannelLayout& layout, const GroupNormSetting& setting) {
  return {setting.groups, layout.channels, layout.inner, setting.eps};
}

// mean, factor: [rows, groups]
template <typename T>
void forward_rows(const GroupNormSetting& setting, const Tensor& x, const Tensor& scale,
                  const Tensor& shift, const Tensor& y, const Tensor& mean, const Tensor& factor) {
  const ChannelLayout layout = ChannelLayout::of(x, setting.parts);
  const detail::GroupNormShape shape = shape_of(layout, setting);
  const auto& kernels = detail::norm_kernels<T>();
  const auto kernel = channels_innermost(x) ? kernels.pixels : kernels.planes;
  for_each_block(row_blocks(layout), [&](int64_t, const RowBlock& block) {
    for (int64_t row = block.first; row < block.last; ++row) {
      const int64_t at = row * layout.channels * layout.inner, of_row = row * setting.groups;
      kernel(shape, x.data_ptr<T>() + at, of_part<T>(scale, block.part),
             of_part<T>(shift, block.part), y.data_ptr<T>() + at, mean.data_ptr<T>() + of_row,
             factor.data_ptr<T>() + of_row);
    }
  });
}

// partial: [blocks, 2, channels]
template <typename T>
void backward_rows(const GroupNormSetting& setting, const Tensor& x, const Tensor& g,
                   const Tensor& scale, const Tensor& mean, const Tensor& factor, const Tensor& dx,
                   const std::vector<RowBlock>& blocks, std::vector<double>* partial) {
  const ChannelLayout layout = ChannelLayout::of(x, setting.parts);
  const detail::GroupNormShape shape = shape_of(layout, setting);
  const auto& kernels = detail::norm_kernels<T>();
  const auto kernel = channels_innermost(x) ? kernels.pixels_backward : kernels.planes_backward;
  for_each_block(blocks, [&](int64_t index, const RowBlock& block) {
    double* sums = partial->data() + index * 2 * layout.channels;
    for (int64_t row = block.first; row < block.last; ++row) {
      const int64_t at = row * layout.channels * layout.inner, of_row = row * setting.groups;
      kernel(shape, x.data_ptr<T>() + at, g.data_ptr<T>() + at, of_part<T>(scale, block.part),
             mean.data_ptr<T>() + of_row, factor.data_ptr<T>() + of_row, dx.data_ptr<T>() + at,
             sums, sums + layout.channels);
    }
  });
}

class GroupNorm : public torch::autograd::Function<GroupNorm> {
 public:
  // x in one of the orders of in_order(); scale, shift: [1, channels] or [parts, channels].
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& scale,
                        const Tensor& shift, const GroupNormSetting& setting) {
    const Tensor y = torch::empty_like(x);
    const Tensor mean = torch::empty({x.size(0), setting.groups}, x.options());
    const Tensor factor = torch::empty_like(mean);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "group_norm", [&] {
      forward_rows<scalar_t>(setting, x, scale, shift, y, mean, factor);
    });
    context->save_for_backward({x, scale, mean, factor});
    detail::hold(context, "setting", setting);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &scale = saved[1], &mean = saved[2], &factor = saved[3];
    const auto& setting = detail::held<GroupNormSetting>(context, "setting");
    const std::vector<RowBlock> blocks = row_blocks(ChannelLayout::of(x, setting.parts));
    std::vector<double> partial(blocks.size() * static_cast<size_t>(2 * x.size(1)), 0);
    const Tensor g = in_order_of(x, gradients[0]), dx = torch::empty_like(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "group_norm_backward", [&] {
      backward_rows<scalar_t>(setting, x, g, scale, mean, factor, dx, blocks, &partial);
    });
    const ScaleGradients sums = sum_blocks(blocks, partial, scale, setting.shift_parts);
    return {dx, sums.scale, sums.shift, Tensor()};
  }
};

}  // namespace

Tensor group_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, int64_t groups,
                  double eps) {
  const Tensor a = with_part_axis(scale.tensor()), b = with_part_axis(shift.tensor());
  const int64_t parts = std::max(a.size(0), b.size(0));
  part_rows(x, parts);
  if (!has_kernels(x)) return channel_affine(torch::group_norm(x, groups, {}, {}, eps), a, b);
  return GroupNorm::apply(in_order(x), a, b, GroupNormSetting{groups, parts, b.size(0), eps});
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
