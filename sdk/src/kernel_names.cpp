#include <algorithm>

#include "modhost/model.h"

namespace modhost {
inline namespace v1 {
namespace {

bool connects(const Wiring& wiring) {
  return wiring.in_dim != Wiring::kNone && wiring.in_dim != wiring.out_dim;
}

}  // namespace

std::vector<std::string> kernel_names(const ModelBase& model) {
  std::vector<std::string> out;
  for (const ModelBase::Slot& slot : model.layers()) {
    for (const Wiring& wiring : slot.layer->wiring()) {
      const std::string& name = wiring.parameter.name();
      const bool is_new = std::find(out.begin(), out.end(), name) == out.end();
      if (connects(wiring) && is_new) out.push_back(name);
    }
  }
  return out;
}

}  // namespace v1
}  // namespace modhost
