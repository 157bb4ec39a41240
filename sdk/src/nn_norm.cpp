#include "modhost/nn_norm.h"

#include "input_check.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace nn {

LayerNormLayer::LayerNormLayer(int64_t features, double eps, ops::LayerNormVariant variant)
    : Layer("layer_norm", features, features), eps_(eps), variant_(variant) {
  check(variant == ops::LayerNormVariant::standard || features > 1, ErrorCode::config,
        "layer_norm: one feature has no unbiased deviation; the variant needs two or more");
  weight_ = parameter("weight", {features}, init::constant(1));
  bias_ = parameter("bias", {features}, init::constant(0));
  feeds({weight_, 0, 0});
  feeds({bias_, 0});
}

LayerNormLayer::LayerNormLayer(const LayerNormOptions& options)
    : LayerNormLayer(detail::given("layer_norm", options.features), options.eps(),
                     options.variant() == "standard" ? ops::LayerNormVariant::standard
                                                     : ops::LayerNormVariant::unbiased_std) {}

Tensor LayerNormLayer::forward(const Tensor& x) {
  detail::check_input(*this, x, x.dim() >= 2 && x.size(-1) == units_in(),
                      [&] { return "[n, ..., " + std::to_string(units_in()) + "]"; });
  return ops::layer_norm(x, weight_.get(), bias_.get(), eps_, variant_);
}

GroupNormLayer::GroupNormLayer(int64_t groups, int64_t channels, double eps)
    : Layer("group_norm", channels, channels), runs_(groups), eps_(eps) {
  check(groups > 0 && channels % groups == 0, ErrorCode::config,
        "group_norm: " + std::to_string(channels) + " channels do not divide into " +
            std::to_string(groups) + " groups");
  weight_ = parameter("weight", {channels}, init::constant(1));
  bias_ = parameter("bias", {channels}, init::constant(0));
  feeds({weight_, 0, 0});
  feeds({bias_, 0});
}

GroupNormLayer::GroupNormLayer(const GroupNormOptions& options)
    : GroupNormLayer(options.groups(), detail::given("group_norm", options.channels),
                     options.eps()) {}

Tensor GroupNormLayer::forward(const Tensor& x) {
  detail::check_input(*this, x, x.dim() >= 2 && x.size(1) == units_in(),
                      [&] { return "[n, " + std::to_string(units_in()) + ", ...]"; });
  return ops::group_norm(x, weight_.get(), bias_.get(), runs_, eps_);
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
