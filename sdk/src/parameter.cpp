#include "modhost/parameter.h"

#include <cmath>
#include <utility>

#include "modhost/error.h"
#include "modhost/random.h"

namespace modhost {
inline namespace v1 {
namespace {

class GivenVariants : public Variation {
 public:
  explicit GivenVariants(Tensor tensor) : tensor_(std::move(tensor)) {}
  int64_t size() const override { return tensor_.size(0); }
  Tensor apply(const Tensor& weight) const override {
    check(tensor_.dim() == weight.dim() + 1 && tensor_.sizes().slice(1) == weight.sizes(),
          ErrorCode::shape,
          "variants have shape " + shape_text(tensor_) + "; expected [E, then " +
              shape_text(weight) + "]");
    return tensor_;
  }

 private:
  Tensor tensor_;
};

}  // namespace

Variation::~Variation() = default;

std::shared_ptr<const Variation> given_variants(Tensor tensor) {
  return std::make_shared<GivenVariants>(std::move(tensor));
}

WeightView::WeightView(Tensor weight, std::shared_ptr<const Variation> variation)
    : weight_(std::move(weight)), variation_(std::move(variation)) {}

namespace init {
Init constant(double value) { return {Init::Kind::constant, value}; }
Init uniform(double bound) { return {Init::Kind::uniform, bound}; }
Init normal(double deviation) { return {Init::Kind::normal, deviation}; }
Init kaiming_uniform(int64_t fan_in, double a) {
  return uniform(std::sqrt(6.0 / ((1 + a * a) * static_cast<double>(fan_in))));
}
Init xavier_normal(int64_t fan_in, int64_t fan_out, double gain) {
  return normal(gain * std::sqrt(2.0 / static_cast<double>(fan_in + fan_out)));
}
}  // namespace init

struct Parameter::Data {
  std::string name;
  Init init;
  bool maskable;
  Tensor tensor;
  std::shared_ptr<const Variation> variation;
};

Parameter::Parameter(std::string name, std::vector<int64_t> shape, Init init, bool maskable)
    : data_(std::make_shared<Data>()) {
  data_->name = std::move(name);
  data_->init = init;
  data_->maskable = maskable;
  data_->tensor = torch::zeros(shape);
}

const std::string& Parameter::name() const { return data_->name; }
bool Parameter::maskable() const { return data_->maskable; }
Tensor& Parameter::tensor() const { return data_->tensor; }
void Parameter::rename(std::string name) const { data_->name = std::move(name); }
void Parameter::vary(std::shared_ptr<const Variation> variation) const {
  data_->variation = std::move(variation);
}

WeightView Parameter::get() const {
  return defined() ? WeightView(data_->tensor, data_->variation) : WeightView(Tensor());
}

void Parameter::initialize(uint64_t seed) const {
  const torch::NoGradGuard no_grad;
  const Init& init = data_->init;
  if (init.kind == Init::Kind::constant) {
    data_->tensor.fill_(init.value);
    return;
  }
  RandomStream random(derive_seed(seed, data_->name));
  const Tensor values = torch::empty(data_->tensor.sizes(), torch::kDouble);
  double* out = values.data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) {
    const double draw =
        init.kind == Init::Kind::normal ? random.normal() : 2 * random.uniform() - 1;
    out[i] = init.value * draw;
  }
  data_->tensor.copy_(values);
}

}  // namespace v1
}  // namespace modhost
