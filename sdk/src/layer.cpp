#include "modhost/layer.h"

#include <utility>

#include "dropout.h"
#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

thread_local LayerObserver* present_observer = nullptr;

}  // namespace

LayerObserver::LayerObserver() : before_(present_observer) { present_observer = this; }

LayerObserver::~LayerObserver() { present_observer = before_; }

LayerObserver* LayerObserver::present() { return present_observer; }

Layer::Layer(std::string kind, int64_t in, int64_t out)
    : kind_(std::move(kind)), groups_{{"in", in}, {"out", out}} {}

Layer::~Layer() = default;

int64_t Layer::units(const std::string& group) const {
  const auto found = groups_.find(group);
  check(found != groups_.end(), ErrorCode::internal,
        "layer kind '" + kind_ + "' has no unit group '" + group + "'");
  return found->second;
}

void Layer::set_init(const std::string& parameter, const Init& init) {
  for (const Parameter& own : parameters_) {
    const std::string& full = own.name();  // with the layer's name in front, once it has one
    if (full.substr(full.rfind('.') + 1) == parameter) own.set_init(init);
  }
}

void Layer::set_noise(const Noise& noise) {
  noise_ = noise;
  calls_ = 0;
}

Parameter Layer::parameter(const std::string& name, std::vector<int64_t> shape, Init init,
                           bool maskable) {
  return parameters_.emplace_back(name, std::move(shape), init, maskable);
}

Parameter Layer::shared(const Parameter& parameter) { return parameters_.emplace_back(parameter); }

Buffer& Layer::buffer(const std::string& name, Tensor initial, bool statistic) {
  buffers_.push_back(std::make_unique<Buffer>(Buffer{name, std::move(initial), statistic}));
  return *buffers_.back();
}

void Layer::group(const std::string& name, int64_t units) { groups_[name] = units; }

void Layer::feeds(Wiring wiring) {
  if (wiring.parameter.defined()) wiring_.push_back(std::move(wiring));
}

void Layer::show(const std::string& group, const Tensor& value) const {
  if (present_observer != nullptr) present_observer->saw(*this, group, value);
}

Tensor Layer::drop(const Tensor& x, double p) {
  const uint64_t call = calls_++;
  if (!training_ || p == 0) return x;
  std::vector<uint64_t> keys;
  for (const uint64_t seed : noise_.seeds) {
    keys.push_back(derive_seed(derive_seed(seed, name_), call));
  }
  return detail::dropout(x, p, keys, noise_.step);
}

}  // namespace v1
}  // namespace modhost
