#include "masked_conv.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "conv_parts.h"
#include "held.h"
#include "image_gradient.h"
#include "mask_group.h"
#include "max_pool.h"
#include "parts.h"

namespace modhost {
inline namespace v1 {
namespace detail {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the passes have in common.
struct Setting {
  MaskSampling sampling;
  ops::Conv2dGeometry geometry;
  std::optional<ops::Pool2dGeometry> pooling;  // of what the convolutions put out
};

constexpr int64_t kRowsAtOnce = 64;  // of the product of the estimator mean

// What comes out, and where pooling found it.
struct Out {
  Tensor y, at;
};

// The tensors of one call and the rows of each part.
class Work {
 public:
  Work(const Tensor& x, const Tensor& weight, const Tensor& logits, const Tensor& bias,
       const Setting& setting)
      : groups_(weight, logits, setting.sampling),
        rows_(ops::part_rows(x, groups_.layout().variants())),
        x_(x),
        bias_(bias),
        setting_(setting),
        shape_(weight.sizes().begin(), weight.sizes().end()) {}

  Out forward() const {
    Out out;
    const Tensor masked = of_group();
    each_group([&](int64_t set, int64_t group) {
      groups_.draw(set, group, masked.data_ptr<float>());
      each_sample(set, group, [&](int j, int64_t part) {
        const Tensor here =
            ops::convolve(part_of(x_, part), masked[j], bias_of(part), setting_.geometry);
        if (!out.y.defined()) out = room_for(here);
        keep(here, part, out);
      });
    });
    return out;
  }

  // `given` and `at`: the gradient of what forward() returned, and where it was found.
  ImageGradient image_gradient(const Tensor& given, const Tensor& at) const {
    if (!setting_.pooling) return ImageGradient(given);
    const ops::Sides size = ops::convolved_sides(x_, {shape_[2], shape_[3]}, setting_.geometry);
    const int64_t of_set = groups_.layout().samples * rows_;
    const int64_t most = mean() ? std::max(rows_, std::min(kRowsAtOnce, of_set)) : rows_;
    return ImageGradient(given, at, *setting_.pooling, size, most);
  }

  // Fills `dlogits`, and `dx` and `dbias` where they are defined.
  void backward(const ImageGradient& g, const Tensor& dx, const Tensor& dlogits,
                const Tensor& dbias) const {
    const bool bias_alone = dbias.defined() && (mean() || g.pooled());  // not along with weights
    const Tensor masked = of_group(), products = mean() ? Tensor() : of_group();
    each_group([&](int64_t set, int64_t group) {
      if (mean()) {
        if (group == 0) mean_gradient(set, g, dlogits[set]);
        if (dx.defined()) groups_.draw(set, group, masked.data_ptr<float>());
      } else {
        each_sample(set, group, [&](int j, int64_t part) {
          const bool and_bias = dbias.defined() && !bias_alone;
          const auto own = of_weight(g.rows(part * rows_, rows_), part_of(x_, part), and_bias);
          products[j].copy_(std::get<1>(own));
          if (and_bias) bias_row(dbias, part).add_(std::get<2>(own));
        });
        groups_.accumulate(set, group, products.data_ptr<float>(), group == 0,
                           dlogits[set].data_ptr<float>(),
                           dx.defined() ? masked.data_ptr<float>() : nullptr);
      }
      if (!dx.defined()) return;
      each_sample(set, group, [&](int j, int64_t part) {
        part_of(dx, part).copy_(of_input(part, g, masked[j]));
      });
    });
    if (bias_alone) dbias.copy_(bias_gradient(g.given()));
  }

 private:
  bool mean() const { return setting_.sampling.estimator == Estimator::mean; }
  Out room_for(const Tensor& part) const {
    const int64_t n = x_.size(0);
    if (!setting_.pooling) return {ops::empty_for(part, n), {}};
    return {empty_pooled(part, n, *setting_.pooling, part.scalar_type()),
            empty_pooled(part, n, *setting_.pooling, torch::kUInt8)};
  }
  void keep(const Tensor& here, int64_t part, const Out& out) const {
    const Tensor y = part_of(out.y, part);
    if (!setting_.pooling) {
      y.copy_(here);
    } else {
      max_pool(here.contiguous(here.suggest_memory_format()), *setting_.pooling, y,
               part_of(out.at, part));
    }
  }
  Tensor of_group() const {
    std::vector<int64_t> sizes{kGroup};
    sizes.insert(sizes.end(), shape_.begin(), shape_.end());
    return torch::empty(sizes, x_.options());
  }
  Tensor part_of(const Tensor& rows, int64_t part) const {
    return rows.narrow(0, part * rows_, rows_);
  }
  static Tensor bias_row(const Tensor& bias, int64_t part) {
    return bias.dim() == 2 ? bias[part] : bias;
  }
  Tensor bias_of(int64_t part) const {
    return bias_.numel() == 0 ? Tensor() : bias_row(bias_, part);
  }

  template <typename F>
  void each_group(const F& work) const {
    const MaskLayout& layout = groups_.layout();
    for (int64_t set = 0; set < layout.sets; ++set) {
      for (int64_t group = 0; group < layout.groups(); ++group) work(set, group);
    }
  }
  template <typename F>
  void each_sample(int64_t set, int64_t group, const F& work) const {
    const MaskLayout& layout = groups_.layout();
    for (int j = 0; j < layout.samples_in(group); ++j) work(j, layout.variant(set, group, j));
  }

  // The gradients of the weights and the bias of some rows.
  std::tuple<Tensor, Tensor, Tensor> of_weight(const Tensor& g, const Tensor& x,
                                               bool and_bias) const {
    const Tensor shape = torch::empty({1}, x_.options()).expand(shape_);
    return ops::convolution_gradients(g, x, shape, setting_.geometry, {false, true, and_bias});
  }
  // By rows of channels, which is how a channels-last gradient lies in memory.
  Tensor bias_gradient(const Tensor& g) const {
    const int64_t parts = bias_.dim() == 1 ? 1 : groups_.layout().variants();
    return g.permute({0, 2, 3, 1}).reshape({parts, -1, g.size(1)}).sum(1).view(bias_.sizes());
  }
  Tensor of_input(int64_t part, const ImageGradient& g, const Tensor& w) const {
    return std::get<0>(ops::convolution_gradients(g.rows(part * rows_, rows_), part_of(x_, part), w,
                                                  setting_.geometry, {true, false, false}));
  }
  // One product for all samples of the set, over kRowsAtOnce rows at a time: LibTorch sets them in
  // another order first, which is memory on top of that of the data.
  void mean_gradient(int64_t set, const ImageGradient& g, const Tensor& to) const {
    const int64_t first = set * groups_.layout().samples * rows_;
    const int64_t end = first + groups_.layout().samples * rows_;
    Tensor product;
    for (int64_t row = first; row < end; row += kRowsAtOnce) {
      const int64_t rows = std::min(kRowsAtOnce, end - row);
      const Tensor own = std::get<1>(of_weight(g.rows(row, rows), x_.narrow(0, row, rows), false));
      product = product.defined() ? product.add_(own) : own.contiguous();
    }
    groups_.accumulate_mean(set, product.data_ptr<float>(), to.data_ptr<float>());
  }

  MaskGroups groups_;
  int64_t rows_;  // of a part
  const Tensor& x_;
  const Tensor& bias_;
  const Setting& setting_;
  std::vector<int64_t> shape_;
};

class MaskedConv : public torch::autograd::Function<MaskedConv> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& logits,
                        const Tensor& bias, const Tensor& weight, const Setting& setting) {
    const Out out = Work(x, weight, logits, bias, setting).forward();
    hold(context, "setting", setting);
    context->save_for_backward({x, logits, bias, weight, out.at});
    return out.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &logits = saved[1], &bias = saved[2], &weight = saved[3],
                 &at = saved[4];
    const Tensor dlogits = torch::empty_like(logits);
    const Tensor dx = context->needs_input_grad(0) ? torch::empty_like(x) : Tensor();
    const Tensor dbias = context->needs_input_grad(2) ? torch::zeros_like(bias) : Tensor();
    const Work work(x, weight, logits, bias, held<Setting>(context, "setting"));
    const Tensor& order = at.defined() ? at : x;
    const Tensor given = gradients[0].contiguous(order.suggest_memory_format());
    work.backward(work.image_gradient(given, at), dx, dlogits, dbias);
    return {dx, dlogits, dbias, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor masked_conv2d(const Tensor& x, const Tensor& weight, const Tensor& logits,
                     const MaskSampling& sampling, const Tensor& bias,
                     const ops::Conv2dGeometry& geometry,
                     const std::optional<ops::Pool2dGeometry>& pooling) {
  // Autograd takes no undefined inputs.
  return MaskedConv::apply(x, logits.contiguous(),
                           bias.defined() ? bias : torch::empty({0}, x.options()),
                           weight.contiguous(), Setting{sampling, geometry, pooling});
}

}  // namespace detail
}  // namespace v1
}  // namespace modhost
