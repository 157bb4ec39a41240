#include "measure.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "modhost/random.h"

namespace modhost::conformance {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

template <typename Draw>
Tensor filled(torch::IntArrayRef shape, uint64_t seed, torch::ScalarType type, Draw draw) {
  const Tensor out = torch::empty(shape, torch::kDouble);
  RandomStream random(seed);
  double* values = out.data_ptr<double>();
  for (int64_t i = 0; i < out.numel(); ++i) values[i] = draw(random);
  return out.to(type);
}

std::string type_text(const Tensor& tensor) { return c10::toString(tensor.scalar_type()); }

}  // namespace

double difference(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) return kInfinite;
  if (a.numel() == 0) return 0;
  const Tensor x = a.detach().to(torch::kDouble);
  const Tensor y = b.detach().to(torch::kDouble);
  const double error = (x - y).abs().max().item<double>() / (1 + y.abs().max().item<double>());
  return std::isfinite(error) ? error : kInfinite;
}

double squared_difference(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) return kInfinite;
  if (a.numel() == 0) return 0;
  const Tensor x = a.detach().to(torch::kDouble);
  const Tensor y = b.detach().to(torch::kDouble);
  const double size = std::max((y * y).sum().item<double>(), 1e-30);
  const double error = ((x - y) * (x - y)).sum().item<double>() / size;
  return std::isfinite(error) ? error : kInfinite;
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.sizes() != b.sizes()) return false;
  const Tensor x = a.detach().cpu().contiguous();
  const Tensor y = b.detach().cpu().contiguous();
  return x.numel() == 0 || std::memcmp(x.data_ptr(), y.data_ptr(), x.nbytes()) == 0;
}

bool same_bits(const NamedTensors& a, const NamedTensors& b) {
  return first_difference(a, b).empty();
}

std::string first_difference(const NamedTensors& a, const NamedTensors& b) {
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    if (i >= a.size()) return "'" + b[i].first + "' is missing";
    if (i >= b.size()) return "'" + a[i].first + "' is new";
    const auto& [name, x] = a[i];
    const auto& [other_name, y] = b[i];
    if (name != other_name) return "'" + name + "' stands in the place of '" + other_name + "'";
    if (x.scalar_type() != y.scalar_type()) {
      return "'" + name + "' is " + type_text(x) + ", not " + type_text(y);
    }
    if (x.sizes() != y.sizes()) {
      return "'" + name + "' has shape " + shape_text(x) + ", not " + shape_text(y);
    }
    if (!same_bits(x, y)) return "'" + name + "' has other values";
  }
  return "";
}

NamedTensors copies(const NamedTensors& tensors) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) out.emplace_back(name, tensor.detach().clone());
  return out;
}

Tensor normal(torch::IntArrayRef shape, uint64_t seed, torch::ScalarType type) {
  return filled(shape, seed, type, [](RandomStream& random) { return random.normal(); });
}

Tensor uniform(torch::IntArrayRef shape, double low, double high, uint64_t seed,
               torch::ScalarType type) {
  return filled(shape, seed, type, [low, high](RandomStream& random) {
    return low + (high - low) * random.uniform();
  });
}

Tensor random_bits(torch::IntArrayRef shape, double kept, uint64_t seed) {
  return filled(shape, seed, torch::kUInt8,
                [kept](RandomStream& random) { return random.uniform() < kept ? 1.0 : 0.0; });
}

std::string number_text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.2g", value);
  return buffer;
}

void Worst::see(double error, const std::string& where) {
  if (error <= error_ && !where_.empty()) return;
  error_ = error;
  where_ = where;
}

Outcome Worst::outcome(double limit, const std::string& what) const {
  const std::string allowed = " (limit " + number_text(limit) + ")";
  if (error_ > limit) return fail(where_ + ": error " + number_text(error_) + allowed);
  const std::string seen = error_ == 0 ? "equal" : "largest error " + number_text(error_) + allowed;
  return pass(what.empty() ? seen : seen + "; " + what);
}

}  // namespace modhost::conformance
