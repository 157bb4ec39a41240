// Gradients to masks, and the state under masks.
#include <torch/csrc/autograd/autograd.h>

#include "cases.h"
#include "gradient.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "modhost/state_file.h"
#include "network.h"

namespace modhost::conformance {
namespace {

constexpr int64_t kMembers = 3;

// Soft masks as leaves; the variants are weight * mask, computed anew in each use.
struct SoftMasks {
  NamedTensors masks;  // [K, *shape], require gradients

  SoftMasks(const ModelBase& net, uint64_t seed) {
    for (const Parameter& parameter : net.parameters()) {
      if (!parameter.maskable()) continue;
      std::vector<int64_t> shape{kMembers};
      const auto sizes = parameter.tensor().sizes();
      shape.insert(shape.end(), sizes.begin(), sizes.end());
      masks.emplace_back(
          parameter.name(),
          uniform(shape, 0.2, 1.8, derive_seed(seed, parameter.name())).requires_grad_(true));
    }
  }
  std::vector<Tensor> leaves() const {
    std::vector<Tensor> out;
    for (const auto& [name, mask] : masks) out.push_back(mask);
    return out;
  }
  Variants variants(const ModelBase& net) const {
    Variants out{kMembers, {}};
    for (const Parameter& parameter : net.parameters()) {
      const Tensor* mask = find(masks, parameter.name());
      if (mask == nullptr) continue;
      out.weights.emplace_back(parameter.name(), parameter.tensor().detach().unsqueeze(0) * *mask);
    }
    return out;
  }
};

// The weighted sum of the outputs of all parts, or of one part computed alone.
Tensor joint_loss(ModelBase& net, const SoftMasks& masks, const Batch& batch,
                  const Tensor& weights) {
  return (forward_all(net, masks.variants(net), repeated(batch, kMembers)) * weights).sum();
}

Tensor single_loss(ModelBase& net, const SoftMasks& masks, const Batch& batch,
                   const Tensor& weights) {
  const Variants variants = masks.variants(net);
  Tensor sum = torch::zeros({}, torch::kDouble);
  const std::vector<Tensor> each = parts(weights, kMembers);
  for (int64_t part = 0; part < kMembers; ++part) {
    const Tensor output = forward_all(net, variants.only(part), batch);
    sum = sum + (output * each[static_cast<size_t>(part)]).sum();
  }
  return sum;
}

Outcome mask_gradient(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const SoftMasks masks(*net, context.seed);
  if (masks.masks.empty()) return skip("no parameter can be masked");
  const Batch batch = random_batch(one.signature, 2, context.seed);
  std::vector<int64_t> shape = evaluated(*net, repeated(batch, kMembers)).sizes().vec();
  const Tensor weights = normal(shape, derive_seed(context.seed, "loss"));
  const Outcome differences = gradient_agrees(
      masks.leaves(), [&] { return joint_loss(*net, masks, batch, weights); }, context.seed,
      limit(context, "port-grad"));
  if (differences.verdict == Verdict::fail) return differences;

  const torch::AutoGradMode enabled(true);
  const auto gradients = [&](const Tensor& loss) {
    return torch::autograd::grad({loss}, masks.leaves(), {}, {}, false, true);
  };
  const auto together = gradients(joint_loss(*net, masks, batch, weights));
  const auto alone = gradients(single_loss(*net, masks, batch, weights));
  Worst worst;
  for (size_t i = 0; i < together.size(); ++i) {
    const std::string name = "'" + masks.masks[i].first + "'";
    if (together[i].defined() != alone[i].defined()) {
      return fail("the gradient to the mask of " + name + " is missing");
    }
    if (together[i].defined()) {
      worst.see(difference(together[i], alone[i]), "gradient to the mask of " + name);
    }
  }
  const Outcome batched = worst.outcome(limit(context, "port-grad-batch"), "");
  if (batched.verdict != Verdict::pass) return batched;
  return {differences.verdict, differences.text + "; K passes: " + batched.text};
}

Outcome state(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const NamedTensors before = copies(net->state());
  const Batch batch = random_batch(one.signature, 2, context.seed);
  const Tensor plain = evaluated(*net, batch);
  const Variants variants = random_variants(*net, kMembers, MaskKind::hard, context.seed);
  {
    const EnsembleScope scope(*net, kMembers, variants.given());
    const std::string inside = first_difference(net->state(), before);
    if (!inside.empty()) return fail("under masks, " + inside);
    evaluated(*net, repeated(batch, kMembers));
  }
  const std::string after = first_difference(net->state(), before);
  if (!after.empty()) return fail("after a masked forward, " + after);
  if (!same_bits(evaluated(*net, batch), plain)) {
    return fail("after a masked forward the plain network gives another output");
  }
  return pass();
}

}  // namespace

void add_port_grad_checks(Checks& out) {
  const Scope scope = Scope::model;
  out.push_back({"port-grad", scope,
                 "gradients to masks match central differences and those of K single passes",
                 each_case<mask_gradient>});
  out.push_back(
      {"port-state", scope, "masks come and go without a trace in the state", each_case<state>});
}

}  // namespace modhost::conformance
