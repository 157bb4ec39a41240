#include "modhost/mask.h"

#include <utility>

namespace modhost {
inline namespace v1 {
namespace {

// bits [E, *shape]
class HardMask : public Variation {
 public:
  explicit HardMask(Tensor bits) : bits_(std::move(bits)) {}
  int64_t size() const override { return bits_.size(0); }
  Tensor apply(const Tensor& weight) const override {
    return weight.unsqueeze(0) * bits_.to(weight.device(), weight.scalar_type());
  }

 private:
  Tensor bits_;
};

}  // namespace

bool glob_match(const std::string& pattern, const std::string& name) {
  size_t p = 0, n = 0, star = std::string::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string::npos) {  // let the last star take one more character
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Variations hard_masks(const ModelBase& model, const std::vector<NamedTensors>& masks) {
  Variations variations;
  for (const Parameter& parameter : model.parameters()) {
    std::vector<Tensor> bits;
    bool named = false;
    for (const NamedTensors& mask : masks) {
      const Tensor* found = find(mask, parameter.name());
      named = named || found != nullptr;
      bits.push_back(found != nullptr ? *found
                                      : torch::ones(parameter.tensor().sizes(), torch::kUInt8));
    }
    if (named) variations[parameter.name()] = std::make_shared<HardMask>(torch::stack(bits));
  }
  return variations;
}

NamedTensors inverted(const NamedTensors& mask) {
  NamedTensors out;
  for (const auto& [name, bits] : mask) out.emplace_back(name, 1 - bits);
  return out;
}

}  // namespace v1
}  // namespace modhost
