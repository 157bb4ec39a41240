#include "modhost/activation.h"

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

struct Activation {
  const char* name;
  Tensor (*apply)(const Tensor&);
  double gain;
};

Tensor step(const Tensor& x) {
  const Tensor clamped = x.clamp(-1, 1);
  return (x > 0).to(x.scalar_type()) + (clamped - clamped.detach());
}

const std::vector<Activation>& table() {
  static const std::vector<Activation> all = {
      {"none", [](const Tensor& x) { return x; }, 1},
      {"relu", [](const Tensor& x) { return torch::relu(x); }, std::sqrt(2.0)},
      {"tanh", [](const Tensor& x) { return torch::tanh(x); }, 5.0 / 3},
      {"sigmoid", [](const Tensor& x) { return torch::sigmoid(x); }, 1},
      {"gelu", [](const Tensor& x) { return torch::gelu(x); }, 1},
      {"silu", [](const Tensor& x) { return torch::silu(x); }, 1},
      {"step", step, 1},
  };
  return all;
}

const Activation& named(const std::string& name) {
  for (const Activation& one : table()) {
    if (one.name == name) return one;
  }
  const std::vector<std::string> known = activations().names;
  throw Error(ErrorCode::config, "unknown activation '" + name + "'; there are " + join(known),
              did_you_mean(name, known));
}

}  // namespace

Choices activations() {
  Choices out;
  for (const Activation& one : table()) out.names.emplace_back(one.name);
  return out;
}

Tensor activate(const std::string& name, const Tensor& x) { return named(name).apply(x); }

double activation_gain(const std::string& name) { return named(name).gain; }

}  // namespace v1
}  // namespace modhost
