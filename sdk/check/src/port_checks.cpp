// Masks on a ported network, against a plain network whose weights were multiplied by hand.
#include <torch/csrc/autograd/autograd.h>

#include <set>

#include "cases.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/mask.h"
#include "modhost/random.h"
#include "network.h"

namespace modhost::conformance {
namespace {

constexpr int64_t kBatchRows = 3;

Outcome sites(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const NamedTensors state = net->state();
  std::set<std::string> names;
  int64_t masked = 0;
  for (const Parameter& parameter : net->parameters()) {
    const std::string& name = parameter.name();
    if (!names.insert(name).second) return fail("parameter '" + name + "' is named twice");
    if (parameter.maskable()) masked += parameter.tensor().numel();
  }
  if (masked == 0) return fail("no parameter can be masked");
  const Masks masks(*net, {{"*"}, {}, 0});
  for (const auto& [name, logits] : masks.logits()) {
    const Tensor* tensor = find(state, name);
    if (tensor == nullptr) return fail("mask site '" + name + "' is not in the state");
    if (logits[0].sizes() != tensor->sizes()) {
      return fail("mask site '" + name + "' has shape " + shape_text(logits[0]) + ", its tensor " +
                  shape_text(*tensor));
    }
  }
  return pass(std::to_string(masks.names().size()) + " sites, " + std::to_string(masked) + " of " +
              std::to_string(net->parameter_count()) + " weights");
}

// All maskable parameters times one, by the two ways a method has.
Outcome ones(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const Batch batch = random_batch(one.signature, kBatchRows, context.seed);
  const Tensor plain = evaluated(*net, batch);
  NamedTensors whole;
  for (const Parameter& parameter : net->parameters()) {
    if (!parameter.maskable()) continue;
    whole.emplace_back(parameter.name(), torch::ones(parameter.tensor().sizes(), torch::kUInt8));
  }
  if (whole.empty()) return skip("no parameter can be masked");
  Worst worst;
  for (const int64_t count : {1, 3}) {
    const std::vector<NamedTensors> masks(static_cast<size_t>(count), whole);
    const EnsembleScope scope(*net, count, hard_masks(*net, masks));
    for (const Tensor& part : parts(evaluated(*net, repeated(batch, count)), count)) {
      worst.see(difference(part, plain), "with " + std::to_string(count) + " all-ones masks");
    }
  }
  return worst.outcome(limit(context, "port-ones"), "");
}

// weight * bits as the mask method would sample them.
Variants sampled_variants(const ModelBase& net, const Variations& sampled, int64_t count) {
  Variants out{count, {}};
  for (const Parameter& parameter : net.parameters()) {
    const auto found = sampled.find(parameter.name());
    if (found == sampled.end()) continue;
    const Tensor weight = parameter.tensor().detach();
    const Tensor bits = found->second->apply(torch::ones_like(weight)).detach();
    out.weights.emplace_back(parameter.name(), weight.unsqueeze(0) * bits);
  }
  return out;
}

constexpr int64_t kMasks = 3;

// Masks as the mask method samples them. `compare` is the measure of the error.
Worst sampled_oracle(const Context& context, const ModelCase& one, torch::ScalarType type,
                     double (*compare)(const Tensor&, const Tensor&)) {
  const auto net = network(context, one, type);
  const auto plain = twin(context, one, *net);
  const Batch batch = random_batch(one.signature, kBatchRows, context.seed, type);
  const Masks masks(*net, {{"*"}, {}, 1});
  MaskSampling sampling;
  sampling.samples = kMasks;
  sampling.noise.key = context.seed;
  const Variations sampled = masks.sampled(sampling);
  const Variants variants = sampled_variants(*net, sampled, kMasks);
  Tensor output;
  {
    const EnsembleScope scope(*net, kMasks, sampled);
    output = evaluated(*net, repeated(batch, kMasks));
  }
  Worst worst;
  const std::vector<Tensor> seen = parts(output, kMasks);
  for (int64_t mask = 0; mask < kMasks; ++mask) {
    write_into(*plain, variants, mask);
    worst.see(compare(seen[static_cast<size_t>(mask)], evaluated(*plain, batch)), "sampled masks");
  }
  return worst;
}

Outcome oracle(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const auto plain = twin(context, one, *net);
  const Batch batch = random_batch(one.signature, kBatchRows, context.seed);
  Worst worst;
  for (const MaskKind kind : {MaskKind::hard, MaskKind::soft}) {
    const Variants variants = random_variants(*net, kMasks, kind, context.seed);
    if (variants.weights.empty()) return skip("no parameter can be masked");
    const EnsembleScope scope(*net, kMasks, variants.given());
    const std::vector<Tensor> seen = parts(evaluated(*net, repeated(batch, kMasks)), kMasks);
    for (int64_t mask = 0; mask < kMasks; ++mask) {
      write_into(*plain, variants, mask);
      worst.see(difference(seen[static_cast<size_t>(mask)], evaluated(*plain, batch)),
                kind == MaskKind::hard ? "random masks" : "soft masks");
    }
  }
  worst.see(sampled_oracle(context, one, torch::kDouble, difference).error(), "sampled masks");
  const Outcome exact = worst.outcome(limit(context, "port-oracle"), "hard, soft, sampled masks");
  if (exact.verdict != Verdict::pass) return exact;
  // In float32 a layer may multiply without ever holding the masked weights.
  const Worst single = sampled_oracle(context, one, torch::kFloat, squared_difference);
  const Outcome coarse = single.outcome(limit(context, "port-oracle-float32"), "");
  if (coarse.verdict != Verdict::pass) return fail("float32, " + coarse.text);
  return pass(exact.text + "; float32 " + number_text(single.error()));
}

// Names of maskable parameters that no gradient of the output reaches.
std::vector<std::string> unused_sites(ModelBase& net, const Batch& batch) {
  std::vector<Tensor> leaves;
  std::vector<std::string> names, out;
  net.require_gradients(true);
  for (const Parameter& parameter : net.parameters()) {
    if (!parameter.maskable()) continue;
    leaves.push_back(parameter.tensor());
    names.push_back("'" + parameter.name() + "'");
  }
  const Tensor output = net.forward(batch);
  const auto gradients = torch::autograd::grad({output.sum()}, leaves, {}, {}, false, true);
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (!gradients[i].defined()) out.push_back(names[i]);
  }
  net.require_gradients(false);
  return out;
}

Outcome zero_site(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const auto plain = twin(context, one, *net);
  const Batch batch = random_batch(one.signature, kBatchRows, context.seed);
  const Tensor whole = evaluated(*net, batch);
  const std::vector<std::string> unused = unused_sites(*plain, batch);
  if (!unused.empty()) {
    return fail("the forward does not use " + join(unused) + ", so a mask there means nothing");
  }
  Worst worst;
  std::vector<std::string> without_effect;
  for (const Parameter& parameter : net->parameters()) {
    if (!parameter.maskable()) continue;
    const std::string& name = parameter.name();
    const NamedTensors mask = {{name, torch::zeros(parameter.tensor().sizes(), torch::kUInt8)}};
    Tensor masked;
    {
      const EnsembleScope scope(*net, 1, hard_masks(*net, {mask}));
      masked = evaluated(*net, batch);
    }
    plain->load_state(net->state());
    const Variants zeroed{1, {{name, torch::zeros_like(parameter.tensor().detach().unsqueeze(0))}}};
    write_into(*plain, zeroed, 0);
    worst.see(difference(masked, evaluated(*plain, batch)), "'" + name + "' zeroed");
    if (difference(masked, whole) == 0) without_effect.push_back("'" + name + "'");
  }
  const Outcome outcome = worst.outcome(limit(context, "port-zero-site"), "");
  if (outcome.verdict == Verdict::fail || without_effect.empty()) return outcome;
  return warn("zeroing " + join(without_effect) + " changes no output on random inputs");
}

}  // namespace

void add_port_checks(Checks& out) {
  const Scope scope = Scope::model;
  out.push_back({"port-sites", scope, "every mask site is named once and is a tensor of the state",
                 each_case<sites>});
  out.push_back({"port-ones", scope, "masks of ones change nothing", each_case<ones>});
  out.push_back({"port-oracle", scope,
                 "a masked network is a plain one whose weights were multiplied by hand",
                 each_case<oracle>});
  out.push_back({"port-zero-site", scope,
                 "a zeroed parameter acts as one of zeros, and the forward uses every parameter",
                 each_case<zero_site>});
}

}  // namespace modhost::conformance
