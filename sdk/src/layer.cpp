#include "modhost/layer.h"

#include <utility>

namespace modhost {
inline namespace v1 {

Layer::Layer(std::string kind, int64_t in, int64_t out)
    : kind_(std::move(kind)), in_(in), out_(out) {}

Layer::~Layer() = default;

Parameter Layer::parameter(const std::string& name, std::vector<int64_t> shape, Init init,
                           bool maskable) {
  return parameters_.emplace_back(name, std::move(shape), init, maskable);
}

Buffer& Layer::buffer(const std::string& name, Tensor initial) {
  buffers_.push_back(std::make_unique<Buffer>(Buffer{name, std::move(initial)}));
  return *buffers_.back();
}

void Layer::feeds(Wiring wiring) { wiring_.push_back(std::move(wiring)); }

}  // namespace v1
}  // namespace modhost
