// A layer kind by itself, and the wiring of the layers of a network.
#include "cases.h"
#include "gradient.h"
#include "groups.h"
#include "layer_probe.h"
#include "measure.h"
#include "modhost/conformance/exception_text.h"
#include "modhost/conformance/limits.h"
#include "modhost/error.h"
#include "modhost/random.h"
#include "network.h"

namespace modhost::conformance {
namespace {

struct LayerCase {
  std::shared_ptr<LayerNetwork> network;  // float64, moved off its initial values
  Probe probe;
};

std::shared_ptr<LayerNetwork> layer_network(const Context& context, const CheckFile::Case& written,
                                            const std::vector<int64_t>& shape) {
  const auto& entry = static_cast<const LayerEntry&>(*context.component);
  const auto options = entry.make_options();
  options->assign("layer", entry.name, written.options);
  fill_from_input(*options, shape);
  options->validate();
  auto layer = entry.make(*options);
  check(layer != nullptr, ErrorCode::plugin, "no layer is made");
  auto net = std::make_shared<LayerNetwork>(std::move(layer));
  net->initialize(context.seed);
  net->to(torch::kDouble);
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : net->state()) {
    if (tensor.is_floating_point()) {
      Tensor(tensor).add_(uniform(tensor.sizes(), 0, 0.1, derive_seed(context.seed, name)));
    }
  }
  return net;
}

// The layer with the first usual input that it takes. Error(config) when it takes none.
LayerCase layer_case(const Context& context, const CheckFile::Case& written) {
  constexpr int64_t kUnits = 6;
  std::string last = "";
  for (const Form& form : forms(kUnits, written.input_shape)) {
    try {
      const auto net = layer_network(context, written, form.sizes);
      if (auto probe = working_probe(net->layer(), written.input_shape, context.seed)) {
        return {net, std::move(*probe)};
      }
    } catch (...) {
      if (!current_exception_is_clean()) throw;
      last = "; " + current_exception_text();
    }
  }
  throw Error(ErrorCode::config, "no usual input fits the layer" + last,
              "name one by [[case]] component = '" + context.component->name +
                  "', input_shape = [...] in " + kCheckFileName);
}

Outcome batch(const Context& context, const CheckFile::Case& written) {
  const LayerCase one = layer_case(context, written);
  LayerNetwork& net = *one.network;
  const torch::NoGradGuard no_grad;
  Batch input;
  input.input = one.probe.input;
  Worst worst;
  for (const Mode mode : kModes) {
    net.set_training(mode.training);
    for (const int64_t count : {1, 2, 7}) {
      const Variants variants = random_variants(net, count, MaskKind::soft, context.seed);
      const BufferKeeper keeper(net);
      net.set_noise(noise_of_parts(count));
      const auto together = parts(forward_all(net, variants, repeated(input, count)), count);
      for (int64_t part = 0; part < count; ++part) {
        BufferKeeper own(net);
        net.set_noise(noise_of_parts(1, part));
        worst.see(difference(together[static_cast<size_t>(part)],
                             forward_all(net, variants.only(part), input)),
                  std::string(mode.name) + ", " + std::to_string(count) + " variants");
      }
    }
  }
  return worst.outcome(limit(context, "layer-batch"), "E 1, 2, 7; input " + one.probe.text);
}

Outcome layer_gradient(const Context& context, const CheckFile::Case& written) {
  const LayerCase one = layer_case(context, written);
  LayerNetwork& net = *one.network;
  net.require_gradients(true);
  std::vector<Tensor> leaves;
  for (const Parameter& parameter : net.parameters()) leaves.push_back(parameter.tensor());
  const Tensor x = one.probe.input.clone();
  if (!one.probe.is_integer()) leaves.push_back(Tensor(x).requires_grad_(true));
  const Tensor weights = normal(net.layer().forward(x).sizes(), derive_seed(context.seed, "loss"));
  return gradient_agrees(
      leaves, [&] { return (net.layer().forward(x) * weights).sum(); }, context.seed,
      limit(context, "layer-grad"));
}

Outcome wiring(const Context& context, const CheckFile::Case& written) {
  const LayerCase one = layer_case(context, written);
  if (one.network->layer().wiring().empty()) return fail("the layer describes no wiring");
  const std::string fault =
      wiring_fault(one.network->layer(), one.probe, limit(context, "layer-wiring"), context.seed);
  return fault.empty() ? pass("input " + one.probe.text) : fail(fault);
}

Outcome model_wiring(const Context& context, const ModelCase& one) {
  const auto net = network(context, one);
  int tested = 0;
  std::vector<std::string> passed_over;
  for (const auto& slot : net->layers()) {
    if (slot.layer->wiring().empty()) continue;
    const auto probe = working_probe(*slot.layer, {}, context.seed);
    if (!probe) {
      passed_over.push_back("'" + slot.name + "'");
      continue;
    }
    const std::string fault =
        wiring_fault(*slot.layer, *probe, limit(context, "layer-wiring"), context.seed);
    if (!fault.empty()) return fail("layer '" + slot.name + "': " + fault);
    ++tested;
  }
  if (tested == 0) return skip("no layer could be tried alone");
  return pass(std::to_string(tested) + " layers" +
              (passed_over.empty() ? "" : "; not tried alone: " + join(passed_over)));
}

}  // namespace

void add_layer_checks(Checks& out) {
  out.push_back({"port-wiring", Scope::model,
                 "a unit without the entries that its wiring names is silent, and no other unit of "
                 "its layer feels it",
                 each_case<model_wiring>});
  const Scope scope = Scope::layer;
  out.push_back({"layer-batch", scope, "E variants in one forward give what E forwards of one give",
                 each_written<batch>});
  out.push_back({"layer-grad", scope, "gradients to parameters and input match central differences",
                 each_written<layer_gradient>});
  out.push_back(
      {"layer-wiring", scope, "the wiring tells which unit feeds which", each_written<wiring>});
}

}  // namespace modhost::conformance
