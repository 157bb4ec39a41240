// The state of a network as files, and its gradient.
#include <fstream>

#include "cases.h"
#include "gradient.h"
#include "groups.h"
#include "measure.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/random.h"
#include "modhost/state_file.h"
#include "network.h"

namespace modhost::conformance {
namespace {

// Moves the running statistics, and whatever else a training step changes.
void train_a_little(ModelBase& net, const Context& context, const ModelCase& one) {
  const torch::NoGradGuard no_grad;
  net.set_training(true);
  for (uint64_t step = 0; step < 3; ++step) {
    net.set_noise({{context.seed}, step});
    net.forward(random_batch(one.signature, 4, derive_seed(context.seed, step)));
  }
  net.set_training(false);
}

Outcome round_trip(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  train_a_little(*net, context, one);
  const Batch batch = random_batch(one.signature, 3, context.seed);
  const Tensor before = evaluated(*net, batch);
  const auto file = context.scratch / "state.safetensors";
  save_safetensors(file, net->state());
  const auto other = fresh_network(context, one, context.seed + 1);
  other->to(torch::kDouble);
  other->load_state(load_safetensors(file));
  const std::string changed = first_difference(other->state(), net->state());
  if (!changed.empty()) return fail("after saving and loading, " + changed);
  const Tensor after = evaluated(*other, batch);
  if (!same_bits(after, before)) {
    return fail("after saving and loading the outputs differ by " +
                number_text(difference(after, before)) +
                "; something that matters is neither parameter nor buffer");
  }
  return pass(std::to_string(net->state().size()) + " tensors");
}

// "" when `state` is refused with words that hold `name`.
std::string refusal_fault(ModelBase& net, const NamedTensors& state, const std::string& name,
                          const std::string& what) {
  try {
    net.load_state(state);
  } catch (const Error& error) {
    if (error.full().find(name) != std::string::npos) return "";
    return "a state with " + what + " '" + name + "' is refused without that name";
  } catch (...) {
    return "a state with " + what + " '" + name + "' ends in " + current_exception_text();
  }
  return "a state with " + what + " '" + name + "' is taken";
}

Outcome strict(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const NamedTensors state = copies(net->state());
  if (state.empty()) return skip("the network has no state");
  NamedTensors missing(state.begin() + 1, state.end());
  NamedTensors extra = state;
  extra.emplace_back("no.such.tensor", torch::zeros({2}));
  NamedTensors misshapen = state;
  misshapen.back().second = torch::zeros({2, 3, 5, 7});
  const std::string faults[] = {
      refusal_fault(*net, missing, state.front().first, "the missing"),
      refusal_fault(*net, extra, "no.such.tensor", "the unexpected"),
      refusal_fault(*net, misshapen, state.back().first, "the misshapen")};
  for (const std::string& fault : faults) {
    if (!fault.empty()) return fail(fault);
  }
  const std::string changed = first_difference(net->state(), state);
  return changed.empty() ? pass() : fail("after a refusal, " + changed);
}

Outcome garbage(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  const NamedTensors state = copies(net->state());
  const auto file = context.scratch / "state.safetensors";
  save_safetensors(file, state);
  const std::string whole = read_file(file);
  std::vector<std::string> contents = {"", whole.substr(0, 7), whole.substr(0, 100),
                                       whole.substr(0, whole.size() - 1), "no tensors at all"};
  RandomStream random(context.seed);
  std::string noise(4096, '\0');
  for (char& byte : noise) byte = static_cast<char>(random.below(256));
  contents.push_back(noise);
  for (const std::string& content : contents) {
    std::ofstream(file, std::ios::binary) << content;
    try {
      net->load_state(load_safetensors(file));
      return fail("a file of " + std::to_string(content.size()) + " damaged bytes is taken");
    } catch (const Error&) {
    } catch (...) {
      return fail("a damaged file ends in " + current_exception_text());
    }
  }
  const std::string changed = first_difference(net->state(), state);
  return changed.empty() ? pass() : fail("after a damaged file, " + changed);
}

Outcome gradient(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  net->require_gradients(true);
  const Batch batch = random_batch(one.signature, 3, context.seed);
  const Tensor weights = normal(evaluated(*net, batch).sizes(), derive_seed(context.seed, "loss"));
  std::vector<Tensor> leaves;
  for (const Parameter& parameter : net->parameters()) leaves.push_back(parameter.tensor());
  if (leaves.empty()) return skip("the network has no parameters");
  const BufferKeeper keeper(*net);
  return gradient_agrees(
      leaves, [&] { return (net->forward(batch) * weights).sum(); }, context.seed,
      limit(context, "model-grad"));
}

}  // namespace

void add_model_state_checks(Checks& out) {
  const Scope scope = Scope::model;
  out.push_back({"model-state-roundtrip", scope,
                 "saved after training and loaded into a new object it is the same network, to the "
                 "bit",
                 each_case<round_trip>});
  out.push_back({"model-state-strict", scope,
                 "a state with a missing, extra or misshapen tensor is refused by name",
                 each_case<strict>});
  out.push_back({"model-state-garbage", scope, "damaged weight files are refused cleanly",
                 each_case<garbage>});
  out.push_back({"model-grad", scope, "gradients to the parameters match central differences",
                 each_case<gradient>});
}

}  // namespace modhost::conformance
