#include "examination.h"

#include <modhost/error.h>
#include <modhost/random.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "sample_input.h"
#include "trial_process.h"

namespace modhost_torchscript {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr uint64_t kSeed = 20;  // any; the same network is always looked at with the same numbers
constexpr int64_t kParts = 3;
constexpr int64_t kRows = 6;
struct Precision {
  torch::ScalarType type;
  double tolerance;  // rounding of sums in another order, far below any real difference
};
constexpr Precision kDouble{torch::kDouble, 1e-9};
constexpr Precision kFloat{torch::kFloat, 1e-4};

Mode parts(int64_t count) {
  Mode mode;
  mode.parts = count;
  return mode;
}

Tensor run(Network& network, const Signature& signature, const Tensor& x) {
  try {
    return network.forward_in_passes(x, Mode{});
  } catch (const std::exception& error) {
    throw Error(ErrorCode::config,
                "the network does not run on the dataset's input, " + to_string(signature.input) +
                    " " + shape_text(signature.input_shape) + " in a batch of " +
                    std::to_string(x.size(0)) + ": " + short_reason(error),
                "it has to take any number of samples; a traced network keeps the sizes it was "
                "traced with, torch.jit.script does not");
  }
}

void check_output(const Signature& signature, const Tensor& x, const Tensor& y) {
  const std::vector<int64_t>& wanted = signature.output_shape;
  std::string shape = "[n";
  for (const int64_t size : wanted) shape += ", " + std::to_string(size);
  check(y.dim() >= 1 && y.size(0) == x.size(0) &&
            y.numel() == x.size(0) * signature.output_size() && y.is_floating_point(),
        ErrorCode::config,
        "the network gives " + shape_text(y) + " for " + std::to_string(x.size(0)) +
            " samples; the dataset needs " + shape + "], " + to_string(signature.output));
}

// Random masks, and some noise so that no two variants are alike: [kParts, *shape].
Variations random_variants(const ModelBase& model) {
  Variations variations;
  for (const Parameter& parameter : model.parameters()) {
    std::vector<int64_t> shape{kParts};
    const auto sizes = parameter.tensor().sizes();
    shape.insert(shape.end(), sizes.begin(), sizes.end());
    const Tensor noise = random_normal(shape, derive_seed(kSeed, parameter.name()))
                             .to(parameter.tensor().scalar_type());
    const Tensor kept = noise.gt(-0.5).to(noise.scalar_type());
    variations[parameter.name()] = given_variants(parameter.tensor() * kept * (1 + 0.1 * noise));
  }
  return variations;
}

// Computes in another type while it lives.
class TypeScope {
 public:
  TypeScope(ModelBase& model, torch::ScalarType type) : model_(model) { model.to(type); }
  TypeScope(const TypeScope&) = delete;
  TypeScope& operator=(const TypeScope&) = delete;
  ~TypeScope() { model_.to(torch::kFloat); }

 private:
  ModelBase& model_;
};

// All variants at once, their images in `order`, against one pass each. Kernels that differ by more
// than `tolerance` from their own parts are dropped first.
double difference(Network& network, ModelBase& model, const Precision& precision,
                  MemoryOrder order) {
  const torch::NoGradGuard no_grad;
  const TypeScope in_type(model, precision.type);
  Tensor x = sample_input(model.signature(), kRows, kSeed);
  if (x.is_floating_point()) x = x.to(precision.type);
  const EnsembleScope scope(model, kParts, random_variants(model));
  network.drop_wrong_kernels(x, parts(kParts), precision.tolerance);
  const Tensor wanted = network.forward_in_passes(x, parts(kParts));
  network.set_order(order);
  return relative_difference(network.forward(x, parts(kParts)), wanted);
}

// Half of this machine's memory, in bytes.
uint64_t half_of_memory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
}

}  // namespace

void check_ends(Network& network, const Signature& signature, int64_t seconds) {
  const Tensor x = sample_input(signature, kRows, kSeed);
  Mode mode;
  for (const bool training : {false, true}) {
    mode.training = training;
    const auto forward = [&] {
      const torch::NoGradGuard no_grad;
      network.forward_in_passes(x, mode);
    };
    const std::string broken = breakdown(forward, {half_of_memory(), seconds});
    check(broken.empty(), ErrorCode::config,
          std::string("the network's forward cannot be run in ") +
              (training ? "training" : "evaluation") + " with " + std::to_string(kRows) +
              " samples: " + broken,
          "it may hold a loop without an end; if it is only slow, raise 'model.time_limit'");
  }
}

void try_signature(Network& network, const Signature& signature) {
  const torch::NoGradGuard no_grad;
  const Trial trial{kRows, 1, kRows + 4};
  const Tensor large = sample_input(signature, trial.other_rows, kSeed);
  const Tensor small = large.narrow(0, 0, trial.rows).clone();
  check_output(signature, small, run(network, signature, small));
  check_output(signature, large, run(network, signature, large));
  network.study(small, with_other_row(signature, small, trial.changed, kSeed + 1), large, trial);
}

void compare_with_passes(Network& network, ModelBase& model) {
  if (!network.why_passes().empty()) return;
  // In float where constants of the code are; in PyTorch's order where the code asks for it.
  std::string why;
  for (const MemoryOrder order : {MemoryOrder::other, MemoryOrder::as_pytorch}) {
    for (const Precision& precision : {kDouble, kFloat}) {
      try {
        const double found = difference(network, model, precision, order);
        if (order == MemoryOrder::other) network.set_order(MemoryOrder::fast);
        if (found <= precision.tolerance || !network.why_passes().empty()) return;
        char text[32];
        std::snprintf(text, sizeof text, "%.1g", found);
        return network.use_passes(std::string("all samples at once differ from single passes by ") +
                                  text);
      } catch (const std::exception& error) {
        why = short_reason(error);
      }
    }
  }
  network.use_passes("the code does not run on all samples at once: " + why);
}

std::vector<std::string> find_ineffective(Network& network, ModelBase& model) {
  const Tensor x = sample_input(model.signature(), kRows, kSeed);
  const torch::AutoGradMode gradients(true);
  model.require_gradients(true);
  const Tensor y = network.forward(x, Mode{});
  if (y.requires_grad()) (y * random_normal(y.sizes(), kSeed)).sum().backward();
  model.require_gradients(false);

  const torch::NoGradGuard no_grad;
  const Tensor before = network.forward(x, Mode{});
  std::vector<std::string> found;
  for (size_t i = 0; i < network.parameters().size(); ++i) {
    const Parameter& parameter = network.parameters()[i];
    const Tensor gradient = parameter.tensor().grad();
    parameter.tensor().mutable_grad() = Tensor();
    if (gradient.defined() && gradient.count_nonzero().item<int64_t>() > 0) continue;
    const Tensor noise = random_normal(parameter.tensor().sizes(), kSeed + 2);
    Tensor kept = parameter.tensor().clone();
    parameter.tensor().add_(noise);
    const bool effective = !torch::equal(network.forward(x, Mode{}), before);
    parameter.tensor().copy_(kept);
    if (effective) continue;
    Tensor inside = network.file_tensor(i);
    kept = inside.clone();
    inside.add_(noise.to(inside.scalar_type()));
    const bool hidden = !torch::equal(network.forward(x, Mode{}), before);
    inside.copy_(kept);
    check(!hidden, ErrorCode::data,
          "parameter '" + parameter.name() +
              "' changes the output, but forward reads it in a way that modhost cannot follow, so "
              "a mask on it would change nothing",
          "let forward use self." + parameter.name() + " itself, not a copy in a container");
    parameter.set_maskable(false);
    found.push_back(parameter.name());
  }
  return found;
}

}  // namespace modhost_torchscript
