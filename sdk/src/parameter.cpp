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

namespace {

// The nearest orthogonal frame of a normal matrix, uniformly distributed (signs as in QR with a
// positive diagonal).
void fill_orthogonal(const Tensor& values, double gain) {
  const Tensor matrix = values.reshape({values.size(0), -1});
  const bool wide = matrix.size(0) < matrix.size(1);
  const auto [q, r] = torch::linalg_qr(wide ? matrix.t() : matrix);
  const Tensor frame = q * r.diagonal().sign();
  values.copy_((gain * (wide ? frame.t() : frame)).reshape(values.sizes()));
}

// values: double, contiguous.
void fill(const Tensor& values, const Init& init, RandomStream& random) {
  if (init.kind == Init::Kind::constant) {
    values.fill_(init.value);
    return;
  }
  if (init.kind == Init::Kind::given) {
    values.copy_(init.values);
    return;
  }
  if (init.kind == Init::Kind::blocks) {
    int64_t first = 0;
    for (const auto& [rows, block] : init.rows) {
      fill(values.narrow(0, first, rows), block, random);
      first += rows;
    }
    check(first == values.size(0), ErrorCode::internal,
          "an initialisation in blocks covers " + std::to_string(first) + " of " +
              std::to_string(values.size(0)) + " rows");
    return;
  }
  const bool uniform = init.kind == Init::Kind::uniform;
  const double scale = init.kind == Init::Kind::orthogonal ? 1 : init.value;
  double* out = values.data_ptr<double>();
  for (int64_t i = 0; i < values.numel(); ++i) {
    out[i] = scale * (uniform ? 2 * random.uniform() - 1 : random.normal());
  }
  if (init.kind == Init::Kind::orthogonal) fill_orthogonal(values, init.value);
}

}  // namespace

Variation::~Variation() = default;

std::shared_ptr<const Variation> given_variants(Tensor tensor) {
  return std::make_shared<GivenVariants>(std::move(tensor));
}

WeightView::WeightView(Tensor weight, std::shared_ptr<const Variation> variation)
    : weight_(std::move(weight)), variation_(std::move(variation)) {}

namespace init {
Init constant(double value) { return {Init::Kind::constant, value, {}, {}}; }
Init uniform(double bound) { return {Init::Kind::uniform, bound, {}, {}}; }
Init normal(double deviation) { return {Init::Kind::normal, deviation, {}, {}}; }
Init orthogonal(double gain) { return {Init::Kind::orthogonal, gain, {}, {}}; }
Init blocks(std::vector<std::pair<int64_t, Init>> rows) {
  return {Init::Kind::blocks, 0, std::move(rows), {}};
}
Init given(const Tensor& values) { return {Init::Kind::given, 0, {}, values.detach().clone()}; }
Init kaiming_uniform(int64_t fan_in, double a) {
  return uniform(std::sqrt(6.0 / ((1 + a * a) * static_cast<double>(fan_in))));
}
Init xavier_normal(int64_t fan_in, int64_t fan_out, double gain) {
  return normal(gain * std::sqrt(2.0 / static_cast<double>(fan_in + fan_out)));
}
Init xavier_uniform(int64_t fan_in, int64_t fan_out, double gain) {
  return uniform(gain * std::sqrt(6.0 / static_cast<double>(fan_in + fan_out)));
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
void Parameter::set_init(Init init) const { data_->init = std::move(init); }
void Parameter::set_maskable(bool on) const { data_->maskable = on; }
void Parameter::rename(std::string name) const { data_->name = std::move(name); }
void Parameter::vary(std::shared_ptr<const Variation> variation) const {
  data_->variation = std::move(variation);
}

WeightView Parameter::get() const {
  return defined() ? WeightView(data_->tensor, data_->variation) : WeightView(Tensor());
}

void Parameter::initialize(uint64_t seed) const {
  const torch::NoGradGuard no_grad;
  RandomStream random(derive_seed(seed, data_->name));
  const Tensor values = torch::empty(data_->tensor.sizes(), torch::kDouble);
  fill(values, data_->init, random);
  data_->tensor.copy_(values);
}

}  // namespace v1
}  // namespace modhost
