#include "modhost/nn_linear.h"

#include <utility>

#include "fan_in.h"
#include "input_check.h"

namespace modhost {
inline namespace v1 {
namespace nn {

LinearLayer::LinearLayer(int64_t in, int64_t out, bool bias) : Layer("linear", in, out) {
  weight_ = parameter("weight", {out, in}, init::kaiming_uniform(in));
  feeds({weight_, 0, 1});
  if (!bias) return;
  bias_ = parameter("bias", {out}, detail::fan_in_bound(in));
  feeds({bias_, 0});
}

LinearLayer::LinearLayer(const LinearOptions& options)
    : LinearLayer(detail::given("linear", options.in), options.out(), options.bias()) {}

LinearLayer::LinearLayer(int64_t in, int64_t out, Init weight, Init bias)
    : Layer("linear", in, out) {
  weight_ = parameter("weight", {out, in}, std::move(weight));
  bias_ = parameter("bias", {out}, std::move(bias));
  feeds({weight_, 0, 1});
  feeds({bias_, 0});
}

Tensor LinearLayer::forward(const Tensor& x) {
  detail::check_input(*this, x, x.dim() >= 2 && x.size(-1) == units_in(),
                      [&] { return "[n, ..., " + std::to_string(units_in()) + "]"; });
  return ops::linear(x, weight_.get(), bias_.get());
}

}  // namespace nn
}  // namespace v1
}  // namespace modhost
