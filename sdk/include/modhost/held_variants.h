// Variants made once for a loop of calls.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "modhost/layer.h"

namespace modhost {
inline namespace v1 {

// While it lives, the layers' parameters present the variants that they had at first as given
// tensors, so that decoding token by token does not draw the same masks at every step. The same
// bits, and gradients flow as before; all variants of these layers are in memory at once.
class HeldVariants {
 public:
  explicit HeldVariants(const std::vector<Layer*>& layers);
  HeldVariants(const HeldVariants&) = delete;
  HeldVariants& operator=(const HeldVariants&) = delete;
  ~HeldVariants();

 private:
  std::vector<std::pair<Parameter, std::shared_ptr<const Variation>>> before_;
};

}  // namespace v1
}  // namespace modhost
