// Layer normalisation with scales and shifts that may differ from part to part.
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

struct LayerNormSetting {
  detail::RowNorm norm;
  int64_t parts, shift_parts;
};

// x seen as rows of one pixel.
ChannelLayout rows_of(const Tensor& x, int64_t parts) {
  return {parts, x.numel() / x.size(-1) / parts, x.size(-1), 1};
}

// statistics: [3, rows]
template <typename T>
detail::RowStatistics<T> from_row(const Tensor& statistics, int64_t row) {
  T* first = statistics.data_ptr<T>() + row;
  return {first, first + statistics.size(1), first + 2 * statistics.size(1)};
}

template <typename T>
void forward_rows(const LayerNormSetting& setting, const Tensor& x, const Tensor& scale,
                  const Tensor& shift, const Tensor& y, const Tensor& statistics) {
  const int64_t features = setting.norm.features;
  for_each_block(row_blocks(rows_of(x, setting.parts)), [&](int64_t, const RowBlock& block) {
    const int64_t at = block.first * features;
    detail::norm_kernels<T>().rows(setting.norm, block.last - block.first, x.data_ptr<T>() + at,
                                   of_part<T>(scale, block.part), of_part<T>(shift, block.part),
                                   y.data_ptr<T>() + at, from_row<T>(statistics, block.first));
  });
}

// partial: [blocks, 2, features], or empty where scale and shift want no gradient.
template <typename T>
void backward_rows(const LayerNormSetting& setting, const Tensor& x, const Tensor& g,
                   const Tensor& scale, const Tensor& statistics, const Tensor& dx,
                   const std::vector<RowBlock>& blocks, std::vector<double>* partial) {
  const int64_t features = setting.norm.features;
  for_each_block(blocks, [&](int64_t index, const RowBlock& block) {
    std::vector<T> few(partial->empty() ? 0 : static_cast<size_t>(2 * features));
    constexpr int64_t kRows = 64;  // summed up in T, all else in double
    for (int64_t row = block.first; row < block.last; row += kRows) {
      const int64_t at = row * features;
      std::fill(few.begin(), few.end(), T(0));
      detail::norm_kernels<T>().rows_backward(
          setting.norm, std::min(kRows, block.last - row), x.data_ptr<T>() + at,
          g.data_ptr<T>() + at, of_part<T>(scale, block.part), from_row<T>(statistics, row),
          dx.data_ptr<T>() + at, few.empty() ? nullptr : few.data(),
          few.empty() ? nullptr : few.data() + features);
      double* sums = partial->data() + index * 2 * features;
      for (size_t i = 0; i < few.size(); ++i) sums[i] += static_cast<double>(few[i]);
    }
  });
}

class LayerNorm : public torch::autograd::Function<LayerNorm> {
 public:
  // x contiguous; scale, shift: [1, features] or [parts, features].
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& scale,
                        const Tensor& shift, const LayerNormSetting& setting) {
    const Tensor y = torch::empty_like(x);
    const Tensor statistics = torch::empty({3, x.numel() / x.size(-1)}, x.options());
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "layer_norm", [&] {
      forward_rows<scalar_t>(setting, x, scale, shift, y, statistics);
    });
    context->save_for_backward({x, scale, statistics});
    detail::hold(context, "setting", setting);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &scale = saved[1], &statistics = saved[2];
    const auto& setting = detail::held<LayerNormSetting>(context, "setting");
    const std::vector<RowBlock> blocks = row_blocks(rows_of(x, setting.parts));
    const bool scaled = context->needs_input_grad(1) || context->needs_input_grad(2);
    std::vector<double> partial(
        scaled ? blocks.size() * static_cast<size_t>(2 * setting.norm.features) : 0, 0);
    const Tensor g = gradients[0].contiguous(), dx = torch::empty_like(x);
    AT_DISPATCH_FLOATING_TYPES(x.scalar_type(), "layer_norm_backward", [&] {
      backward_rows<scalar_t>(setting, x, g, scale, statistics, dx, blocks, &partial);
    });
    if (!scaled) return {dx, Tensor(), Tensor(), Tensor()};
    const ScaleGradients sums = sum_blocks(blocks, partial, scale, setting.shift_parts);
    return {dx, sums.scale, sums.shift, Tensor()};
  }
};

// (x - mean) / (std + eps) with the unbiased standard deviation.
Tensor by_unbiased_std(const Tensor& x, double eps) {
  const Tensor centered = x - x.mean(-1, true);
  const double freedom = static_cast<double>(x.size(-1) - 1);
  return centered / ((centered * centered).sum(-1, true).div(freedom).sqrt() + eps);
}

// The same in tensor operations, for devices and types that the kernels do not know.
Tensor composed(const Tensor& x, const Tensor& scale, const Tensor& shift, int64_t parts,
                double eps, LayerNormVariant variant) {
  const Tensor normal = variant == LayerNormVariant::standard
                            ? torch::layer_norm(x, {x.size(-1)}, {}, {}, eps)
                            : by_unbiased_std(x, eps);
  const Tensor rows = normal.reshape({parts, -1, x.size(-1)});
  return torch::addcmul(shift.unsqueeze(1), rows, scale.unsqueeze(1)).view(x.sizes());
}

}  // namespace

Tensor layer_norm(const Tensor& x, const WeightView& scale, const WeightView& shift, double eps,
                  LayerNormVariant variant) {
  const Tensor a = with_part_axis(scale.tensor()), b = with_part_axis(shift.tensor());
  const int64_t parts = std::max(a.size(0), b.size(0));
  part_rows(x, parts);
  if (!has_kernels(x)) return composed(x, a, b, parts, eps, variant);
  const detail::RowNorm norm{x.size(-1), eps, variant == LayerNormVariant::unbiased_std};
  return LayerNorm::apply(x.contiguous(), a, b, LayerNormSetting{norm, parts, b.size(0)});
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
