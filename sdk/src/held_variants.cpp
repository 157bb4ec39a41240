#include "modhost/held_variants.h"

namespace modhost {
inline namespace v1 {

HeldVariants::HeldVariants(const std::vector<Layer*>& layers) {
  for (Layer* layer : layers) {
    for (const Parameter& parameter : layer->parameters()) {
      const WeightView view = parameter.get();
      if (view.plain()) continue;
      before_.emplace_back(parameter, view.variation());
      parameter.vary(given_variants(view.tensor()));
    }
  }
}

// Last first: a parameter that two layers share was held twice.
HeldVariants::~HeldVariants() {
  for (auto held = before_.rbegin(); held != before_.rend(); ++held) {
    held->first.vary(held->second);
  }
}

}  // namespace v1
}  // namespace modhost
