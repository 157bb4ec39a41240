// Max pooling that remembers a byte for each result instead of the images that it read.
#include <torch/csrc/autograd/custom_function.h>

#include "held.h"
#include "max_pool.h"
#include "modhost/ops.h"
#include "sides.h"

namespace modhost {
inline namespace v1 {
namespace ops {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// What the way back needs besides the positions.
struct PoolSetting {
  Pool2dGeometry geometry;
  Sides size;
  torch::MemoryFormat order;
};

class MaxPool2d : public torch::autograd::Function<MaxPool2d> {
 public:
  // x, contiguous in its order.
  static Tensor forward(AutogradContext* context, const Tensor& x, const Pool2dGeometry& geometry) {
    const Tensor y = detail::empty_pooled(x, x.size(0), geometry, x.scalar_type());
    const Tensor at = detail::empty_pooled(x, x.size(0), geometry, torch::kUInt8);
    detail::max_pool(x, geometry, y, at);
    context->save_for_backward({at});
    detail::hold(context, "setting",
                 PoolSetting{geometry, {x.size(2), x.size(3)}, x.suggest_memory_format()});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor at = context->get_saved_variables()[0];
    const auto& setting = detail::held<PoolSetting>(context, "setting");
    const Tensor g = gradients[0].contiguous(setting.order);
    const Tensor dx = torch::empty({g.size(0), g.size(1), setting.size.height, setting.size.width},
                                   g.options(), setting.order);
    detail::max_pool_backward(g, at, setting.geometry, dx);
    return {dx, Tensor()};
  }
};

}  // namespace

Tensor max_pool2d(const Tensor& x, const Pool2dGeometry& geometry) {
  if (!detail::can_max_pool(x, geometry)) {
    return torch::max_pool2d(x, detail::both(geometry.kernel), detail::both(geometry.stride),
                             detail::both(geometry.padding));
  }
  const Tensor images = x.contiguous(x.suggest_memory_format());
  if (images.requires_grad() && torch::GradMode::is_enabled()) {
    return MaxPool2d::apply(images, geometry);
  }
  const Tensor y = detail::empty_pooled(images, images.size(0), geometry, images.scalar_type());
  detail::max_pool(images, geometry, y, {});
  return y;
}

}  // namespace ops
}  // namespace v1
}  // namespace modhost
