// The compositional variant against the network of the mask study, executed elsewhere: logits with
// and without masks, one training step, one mask step with given noise (tests/data/scl).
#include <modhost/loss.h>
#include <modhost/mask.h>
#include <modhost/state_file.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adam.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "compositional_scl.h"
#include "official_scl.h"

using namespace modhost;
using namespace modhost_scl;

namespace {

NamedTensors data(const std::string& name) {
  return load_npz(std::string(MODHOST_TEST_DATA) + "/scl/" + name + ".npz");
}

const Tensor& value(const NamedTensors& tensors, const std::string& name) {
  const Tensor* found = find(tensors, name);
  INFO(name);
  REQUIRE(found != nullptr);
  return *found;
}

NamedTensors with_prefix(const NamedTensors& tensors, const std::string& prefix) {
  NamedTensors out;
  for (const auto& [name, tensor] : tensors) {
    if (name.rfind(prefix, 0) == 0) out.emplace_back(name.substr(prefix.size()), tensor);
  }
  return out;
}

Build build_for(int64_t side, const std::function<void(SclOptions&)>& set) {
  auto options = std::make_shared<SclOptions>();
  set(*options);
  return {{Input::panels, {16, side, side}, Output::choice, {8}}, options};
}

// The constructor arguments of the reference cases.
Build reference_build() {
  return build_for(160, [](SclOptions& options) {
    options.conv_channels.set({16, 16, 32, 32, 32});
    options.conv_activation.set("none");
  });
}

std::unique_ptr<CompositionalScl> reference_network() {
  auto network = std::make_unique<CompositionalScl>(reference_build());
  network->load_state(data("scl160_state"));
  return network;
}

Batch reference_batch(torch::ScalarType type) {
  const NamedTensors input = data("input");
  return {value(input, "x_uint8").to(torch::kFloat).div(255).to(type), value(input, "target")};
}

double max_error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a - b).abs().max().item<double>();
}

// abs 1e-4 + rel 1e-4, the tolerance stated with the cases for float32.
bool close_float(const Tensor& a, const Tensor& b) { return torch::allclose(a, b, 1e-4, 1e-4); }

}  // namespace

TEST_CASE("names, order and number of parameters are those of the papers' state dicts", "[scl]") {
  const CompositionalScl network(reference_build());
  const NamedTensors expected = data("scl160_state");
  const NamedTensors state = network.state();
  REQUIRE(state.size() == expected.size());
  for (const auto& [name, tensor] : state) {
    INFO(name);
    CHECK(value(expected, name).sizes() == tensor.sizes());
    CHECK(value(expected, name).scalar_type() == tensor.scalar_type());
  }
  CHECK(network.parameter_count() == 199838);
  CHECK(network.parameters().size() == 44);
}

TEST_CASE("forward agrees with the reference network", "[scl]") {
  auto network = reference_network();
  const NamedTensors expected = data("expected_forward");
  const torch::NoGradGuard no_grad;
  const Batch batch = reference_batch(torch::kFloat);
  CHECK(close_float(network->forward(batch), value(expected, "logits")));
  const Tensor seen = network->vision(batch.input.reshape({-1, 1, 160, 160}), {});
  CHECK(close_float(seen, value(expected, "vision_out_32x80")));
  const Tensor attributes = network->attributes(seen);
  CHECK(close_float(attributes, value(expected, "attr_out_32x80")));
  CHECK(close_float(network->residual(attributes), value(expected, "ff_out_32x80")));

  network->to(torch::kDouble);
  const Tensor precise = value(expected, "logits_float64");
  // x/255 was rounded to float before the cast, as in the reference
  CHECK(torch::allclose(network->forward(reference_batch(torch::kDouble)), precise, 1e-9, 0));
}

TEST_CASE("masked and inverse-masked logits agree with the reference", "[scl][mask]") {
  auto network = reference_network();
  const NamedTensors expected = data("expected_masked");
  const NamedTensors mask = data("mask_random06");
  NamedTensors peer = inverted(mask), all = mask, none = mask;
  for (auto& [name, bits] : peer) {
    if (name.rfind("to_logit", 0) == 0) bits = value(mask, name);
  }
  for (auto& [name, bits] : all) bits = torch::ones_like(bits);
  for (auto& [name, bits] : none) bits = torch::zeros_like(bits);
  const torch::NoGradGuard no_grad;
  const auto run = [&](torch::ScalarType type) {
    const EnsembleScope scope(*network, 5,
                              hard_masks(*network, {mask, inverted(mask), peer, all, none}));
    return network->forward(repeated(reference_batch(type), 5)).chunk(5);
  };
  const auto logits = run(torch::kFloat);
  CHECK(close_float(logits[0], value(expected, "masked")));
  CHECK(close_float(logits[1], value(expected, "inverse_all_tensors")));
  CHECK(close_float(logits[2], value(expected, "inverse_peer_to_logit_not_inverted")));
  CHECK(close_float(logits[3], value(expected, "all_ones")));
  CHECK(torch::equal(logits[4], torch::zeros({2, 8})));

  network->to(torch::kDouble);
  const auto precise = run(torch::kDouble);
  CHECK(torch::allclose(precise[0], value(expected, "masked_float64"), 1e-9, 1e-12));
  CHECK(torch::allclose(precise[1], value(expected, "inverse_float64"), 1e-9, 1e-12));
}

TEST_CASE("a training step on 16 images agrees with the reference on 72", "[scl][train]") {
  auto network = reference_network();
  const NamedTensors expected = data("expected_train_step");
  network->require_gradients(true);
  network->set_training(true);
  const Batch batch = reference_batch(torch::kFloat);
  const Tensor logits = network->forward(batch);
  CHECK(close_float(logits, value(expected, "logits_train")));
  const Tensor loss = loss_per_sample(network->signature(), logits, batch).mean();
  CHECK(loss.item<double>() == Approx(value(expected, "loss").item<double>()).epsilon(1e-4));
  loss.backward();

  // Biases that cannot change the loss: batch norm takes away those in front of it, and the last
  // two add the same to every candidate. Their gradient is rounding, small beside the norm of 218.
  const std::set<std::string> without_effect{"vision.net.0.bias",  "vision.net.2.bias",
                                             "vision.net.4.bias",  "vision.net.6.bias",
                                             "rel_net.net.4.bias", "to_logit.bias"};
  std::vector<Tensor> tensors;
  for (const Parameter& parameter : network->parameters()) {
    INFO(parameter.name());
    const Tensor& gradient = value(expected, "grad." + parameter.name());
    const double largest = gradient.abs().max().item<double>();
    if (without_effect.count(parameter.name()) == 1) {
      CHECK(parameter.tensor().grad().abs().max().item<double>() < 1e-4 * 218);
    } else {
      CHECK(max_error(parameter.tensor().grad(), gradient) < 2e-3 * largest);
    }
    tensors.push_back(parameter.tensor());
  }
  const double norm = torch::nn::utils::clip_grad_norm_(tensors, 0.5);
  CHECK(norm ==
        Approx(value(expected, "total_grad_norm_before_clip").item<double>()).epsilon(2e-3));
  torch::optim::Adam(tensors, torch::optim::AdamOptions(1e-4)).step();
  const NamedTensors after = network->state();
  for (const auto& [name, tensor] : with_prefix(expected, "state.")) {
    INFO(name);
    const Tensor difference = (value(after, name).to(torch::kDouble) - tensor).abs();
    const bool is_buffer = name.find("running") != std::string::npos;
    if (is_buffer) {
      CHECK(torch::allclose(value(after, name), tensor, 1e-4, 1e-5));
      continue;
    }
    if (name.find("num_batches") != std::string::npos) {
      CHECK(torch::equal(value(after, name), tensor));
      continue;
    }
    // One Adam step moves each weight by 1e-4 whatever the gradient; its sign may differ near zero.
    if (without_effect.count(name) == 0) {
      const Tensor& gradient = value(expected, "grad." + name);
      const Tensor sure = gradient.abs() > 1e-2 * gradient.abs().max();
      CHECK(difference.masked_select(sure).max().item<double>() < 1e-6);
    }
    CHECK(difference.max().item<double>() < 2.1e-4);
  }
}

TEST_CASE("a mask step with given noise agrees with the reference", "[scl][mask]") {
  auto network = reference_network();
  const NamedTensors inputs = data("mask_step_inputs");
  const NamedTensors expected = data("expected_mask_step");
  const NamedTensors initial = with_prefix(inputs, "logit0.");
  constexpr double kAlpha = 1e-5;

  std::vector<Tensor> logits;
  Variations variations;
  struct Given : Variation {
    Tensor logits, uniform;
    int64_t size() const override { return 2; }
    Tensor apply(const Tensor& weight) const override {
      return sample_masked(weight, logits, {2, 1.0, Estimator::gumbel, {0, 0, uniform}});
    }
  };
  std::vector<double> ones(2, 0);
  for (const Parameter& parameter : network->parameters()) {
    const std::string& name = parameter.name();
    std::vector<Tensor> uniforms;
    for (const char* chunk : {"0", "1"}) {
      const std::string suffix = std::string("_chunk") + chunk + "." + name;
      const Tensor a = value(inputs, "U1" + suffix).to(torch::kDouble).clamp_min(1e-12).log();
      const Tensor b = value(inputs, "U2" + suffix).to(torch::kDouble).clamp_min(1e-12).log();
      uniforms.push_back(b / (a + b));  // logit(u) = -log(a / b)
    }
    auto given = std::make_shared<Given>();
    given->logits = value(initial, name).to(torch::kDouble).unsqueeze(0).set_requires_grad(true);
    given->uniform = torch::stack(uniforms);
    logits.push_back(given->logits);
    const Tensor bits = sample_bits(given->logits, {2, 1.0, Estimator::gumbel, {0, 0, given->uniform}});
    for (int64_t chunk = 0; chunk < 2; ++chunk) ones[chunk] += bits[chunk].sum().item<double>();
    variations[name] = given;
  }
  network->to(torch::kDouble);
  const Batch batch = reference_batch(torch::kDouble);
  Tensor output;
  {
    const EnsembleScope scope(*network, 2, variations);
    output = network->forward(batch);
  }
  CHECK(ones[0] == value(expected, "ones")[0].item<double>());
  CHECK(ones[1] == value(expected, "ones")[1].item<double>());
  const Tensor ce = loss_per_sample(network->signature(), output, batch);
  Tensor penalty = torch::zeros({}, torch::kDouble);
  for (const Tensor& logit : logits) penalty = penalty + logit.sum();
  CHECK(torch::allclose(ce, value(expected, "ce").to(torch::kDouble), 1e-4, 1e-4));
  CHECK((kAlpha * penalty).item<double>() ==
        Approx(value(expected, "reg")[0].item<double>()).epsilon(1e-4));
  CHECK(torch::allclose(output, value(expected, "logits_out").to(torch::kDouble), 1e-4, 1e-4));

  (ce.sum() + 2 * kAlpha * penalty).backward();  // the study adds up its chunks
  size_t index = 0;
  for (const Parameter& parameter : network->parameters()) {
    INFO(parameter.name());
    const Tensor gradient = value(expected, "grad." + parameter.name()).to(torch::kDouble);
    const double largest = gradient.abs().max().item<double>();
    CHECK(max_error(logits[index].grad()[0], gradient) < 2e-3 * largest + 1e-7);
    ++index;
  }
  torch::optim::Adam(logits, torch::optim::AdamOptions(1e-2)).step();
  index = 0;
  for (const Parameter& parameter : network->parameters()) {
    INFO(parameter.name());
    const Tensor after = value(expected, "logit1." + parameter.name()).to(torch::kDouble);
    const Tensor gradient = value(expected, "grad." + parameter.name()).abs();
    const Tensor sure = gradient > 1e-2 * gradient.max();
    const Tensor difference = (logits[index][0] - after).abs().masked_select(sure);
    CHECK(difference.max().item<double>() < 1e-6);
    ++index;
  }
}

TEST_CASE("both variants take any image side and any ensemble", "[scl]") {
  const std::string variant = GENERATE("compositional", "official");
  const int64_t side = GENERATE(20, 80);
  const int64_t parts = GENERATE(1, 3);
  const Build build = build_for(side, [](SclOptions&) {});
  std::unique_ptr<ModelBase> network;
  if (variant == "official") {
    network = std::make_unique<OfficialScl>(build);
  } else {
    network = std::make_unique<CompositionalScl>(build);
  }
  INFO(variant << " at " << side << " with E = " << parts);
  network->initialize(2);
  network->to(torch::kDouble);
  network->set_training(true);
  torch::manual_seed(3);
  const Batch batch{torch::rand({2 * parts, 16, side, side}, torch::kDouble), {}};
  Masks masks(*network, {{"*"}, {}, 1.0});
  const Variations all = masks.sampled({parts, 1.0, Estimator::gumbel, {5, 6, {}}});
  Tensor together;
  {
    const EnsembleScope scope(*network, parts, all);
    together = network->forward(batch);
  }
  CHECK(together.sizes() == torch::IntArrayRef({2 * parts, 8}));
  struct One : Variation {
    Tensor value;
    int64_t size() const override { return 1; }
    Tensor apply(const Tensor&) const override { return value; }
  };
  for (int64_t part = 0; part < parts; ++part) {
    Variations own;
    for (const Parameter& parameter : network->parameters()) {
      auto one = std::make_shared<One>();
      one->value = all.at(parameter.name())->apply(parameter.tensor()).narrow(0, part, 1);
      own[parameter.name()] = one;
    }
    const EnsembleScope scope(*network, 1, own);
    const Tensor alone = network->forward({batch.input.narrow(0, 2 * part, 2), {}});
    CHECK(max_error(alone, together.narrow(0, 2 * part, 2)) < 1e-11);
  }
}

TEST_CASE("every joint names existing layers and units", "[scl][wiring]") {
  for (const std::string variant : {"compositional", "official"}) {
    const Build build = build_for(32, [](SclOptions&) {});
    std::unique_ptr<ModelBase> network;
    if (variant == "official") {
      network = std::make_unique<OfficialScl>(build);
    } else {
      network = std::make_unique<CompositionalScl>(build);
    }
    std::map<std::string, std::shared_ptr<Layer>> layers;
    for (const auto& slot : network->layers()) layers[slot.name] = slot.layer;
    std::set<std::string> reached;
    for (const Joint& joint : network->joints()) {
      INFO(variant << ": " << joint.from << " -> " << joint.to);
      REQUIRE(layers.count(joint.to) == 1);
      const int64_t from_units = joint.from.empty() ? 1 : layers.at(joint.from)->units_out();
      for (const auto& [from, to] : joint.pairs) {
        CHECK((from >= 0 && from < from_units));
        CHECK((to >= 0 && to < layers.at(joint.to)->units_in()));
      }
      reached.insert(joint.to);
    }
    for (const auto& slot : network->layers()) {
      INFO(slot.name);
      CHECK(reached.count(slot.name) == 1);
    }
  }
}
