// Attention against LibTorch's module and arithmetic by hand; masks, positions, wiring.
#include <modhost/error.h>
#include <torch/nn/modules/activation.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "layer_cases.h"

using namespace modhost;

namespace {

constexpr double kTolerance = 1e-12;
constexpr int64_t kWidth = 6, kHeads = 3;

struct Net {
  explicit Net(nn::AttentionSettings settings = {})
      : layer(std::make_shared<nn::MultiheadAttentionLayer>(kWidth, kHeads, settings)),
        model(layer) {
    model.initialize(2);
    model.require_gradients(true);
    for (const Parameter& parameter : model.parameters()) {  // biases start as zero
      const torch::NoGradGuard no_grad;
      parameter.tensor() += 0.1 * random_tensor(parameter.tensor().sizes().vec(), 5);
    }
  }
  std::shared_ptr<nn::MultiheadAttentionLayer> layer;
  OneLayer model;
};

// LibTorch's module with the same weights; it wants the batch second and masks of what is hidden.
Tensor libtorch(const Net& net, const Tensor& query, const Tensor& key, const Tensor& value,
                const AttentionMask& mask) {
  torch::nn::MultiheadAttention module(torch::nn::MultiheadAttentionOptions(kWidth, kHeads));
  module->to(torch::kDouble);
  module->eval();
  const std::vector<Parameter>& own = net.model.parameters();
  module->in_proj_weight = own[0].tensor();
  module->in_proj_bias = own[1].tensor();
  module->out_proj->weight = own[2].tensor();
  module->out_proj->bias = own[3].tensor();
  Tensor padding, causal;
  if (mask.key_lengths.defined()) {
    padding = torch::arange(key.size(1)).unsqueeze(0) >= mask.key_lengths.unsqueeze(1);
  }
  if (mask.causal) {
    const double never = -std::numeric_limits<double>::infinity();
    causal = torch::full({query.size(1), key.size(1)}, never, torch::kDouble).triu(1);
  }
  const auto [y, weights] =
      module->forward(query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1), padding,
                      /*need_weights=*/false, causal);
  return y.transpose(0, 1);
}

}  // namespace

TEST_CASE("attention equals LibTorch's module in values and gradients", "[attention]") {
  const bool causal = GENERATE(false, true);
  const bool padded = GENERATE(false, true);
  const std::string kind = GENERATE("self", "cross", "three inputs");
  INFO(kind << ", causal " << causal << ", padded " << padded);
  const Net net;
  const Tensor query = random_tensor({2, 4, kWidth}, 1).set_requires_grad(true);
  Tensor key = kind == "self" ? query : random_tensor({2, 4, kWidth}, 2).set_requires_grad(true);
  const Tensor value =
      kind == "three inputs" ? random_tensor({2, 4, kWidth}, 3).set_requires_grad(true) : key;
  AttentionMask mask{causal, {}};
  if (padded) mask.key_lengths = torch::tensor({2, 4}, torch::kLong);

  const Tensor own = kind == "self"    ? net.layer->forward(query, mask)
                     : kind == "cross" ? net.layer->forward(query, key, mask)
                                       : net.layer->forward(query, key, value, mask);
  const Tensor other = libtorch(net, query, key, value, mask);
  CHECK(max_error(own, other) < kTolerance);
  std::vector<Tensor> inputs{query};
  if (kind != "self") inputs.push_back(key);
  if (kind == "three inputs") inputs.push_back(value);
  for (const Parameter& parameter : net.model.parameters()) inputs.push_back(parameter.tensor());
  const Tensor direction = random_tensor({2, 4, kWidth}, 4);
  const auto own_grad = torch::autograd::grad({own}, inputs, {direction});
  const auto other_grad = torch::autograd::grad({other}, inputs, {direction});
  for (size_t i = 0; i < inputs.size(); ++i) {
    CHECK(max_error(own_grad[i], other_grad[i]) < kTolerance);
  }
}

TEST_CASE("attention of one head agrees with arithmetic done by hand", "[attention]") {
  const Tensor q = torch::tensor({{{1.0, 2.0}}}, torch::kDouble);
  const Tensor k = torch::tensor({{{0.5, -1.0}, {2.0, 1.0}}}, torch::kDouble);
  const Tensor v = torch::tensor({{{3.0, 0.0}, {-1.0, 5.0}}}, torch::kDouble);
  const double first = std::exp((1 * 0.5 + 2 * -1.0) / std::sqrt(2.0));
  const double second = std::exp((1 * 2.0 + 2 * 1.0) / std::sqrt(2.0));
  const double share = first / (first + second);
  const Tensor y = ops::attention(q, k, v, 1, {});
  CHECK(y[0][0][0].item<double>() == Approx(share * 3 + (1 - share) * -1).epsilon(1e-14));
  CHECK(y[0][0][1].item<double>() == Approx((1 - share) * 5).epsilon(1e-14));
}

TEST_CASE("attention does not see past lengths or into the future", "[attention]") {
  const Net net;
  const Tensor x = random_tensor({2, 4, kWidth}, 1);
  const AttentionMask lengths{false, torch::tensor({2, 3}, torch::kLong)};
  const AttentionMask causal{true, {}};
  Tensor changed = x.clone();
  changed.narrow(1, 3, 1).add_(1);  // the last position of both rows
  const auto first_steps = [&](const Tensor& input, const AttentionMask& mask) {
    return net.layer->forward(input, mask).narrow(1, 0, 3).detach();
  };
  CHECK(max_error(first_steps(x, lengths), first_steps(changed, lengths)) == 0);
  CHECK(max_error(first_steps(x, causal), first_steps(changed, causal)) == 0);
  CHECK(max_error(first_steps(x, {}), first_steps(changed, {})) > 0.01);
}

TEST_CASE("causal attention step by step equals that of the whole sequence", "[attention]") {
  const Net net;
  const Tensor x = random_tensor({2, 5, kWidth}, 1);
  const Tensor whole = net.layer->forward(x, AttentionMask{true, {}});
  for (int64_t t = 0; t < 5; ++t) {
    const Tensor seen = x.narrow(1, 0, t + 1);
    const Tensor step = net.layer->forward(x.narrow(1, t, 1), seen, AttentionMask{true, {}});
    CHECK(max_error(step, whole.narrow(1, t, 1)) < kTolerance);
  }
}

TEST_CASE("lengths and memory are split over an ensemble like the batch", "[attention]") {
  constexpr int64_t kParts = 3, kRows = 2;
  Net net;
  const Tensor x = random_tensor({kParts * kRows, 3, kWidth}, 1);
  const Tensor memory = random_tensor({kParts * kRows, 5, kWidth}, 2);
  const Tensor lengths = torch::tensor({5, 1, 3, 4, 2, 5}, torch::kLong);
  const NamedTensors variants = leaf_variants(net.model, kParts);
  Tensor together;
  {
    const EnsembleScope scope(net.model, kParts, variations_of(variants));
    together = net.layer->forward(x, memory, {false, lengths});
  }
  for (int64_t part = 0; part < kParts; ++part) {
    NamedTensors own;
    for (const auto& [name, tensor] : variants) own.emplace_back(name, tensor.narrow(0, part, 1));
    const EnsembleScope scope(net.model, 1, variations_of(own));
    const auto rows = [&](const Tensor& all) { return all.narrow(0, part * kRows, kRows); };
    const Tensor alone = net.layer->forward(rows(x), rows(memory), {false, rows(lengths)});
    CHECK(max_error(rows(together), alone) < kTolerance);
  }
}

TEST_CASE("the units of a silent head put out nothing and leave other heads alone",
          "[attention][wiring]") {
  Net net;
  {
    const torch::NoGradGuard no_grad;  // the heads themselves become the output
    net.model.parameters()[2].tensor().copy_(torch::eye(kWidth, torch::kDouble));
    net.model.parameters()[3].tensor().zero_();
  }
  const Tensor x = random_tensor({2, 4, kWidth}, 1);
  const Tensor before = net.model(x);
  const int64_t width = kWidth / kHeads;
  for (int64_t component = 0; component < width; ++component) {
    silence(*net.layer, "heads", 1 * width + component);
  }
  const Tensor after = net.model(x);
  CHECK(max_error(after.narrow(2, 0, width), before.narrow(2, 0, width)) == 0);
  CHECK(after.narrow(2, width, width).abs().sum().item<double>() == 0);
  CHECK(max_error(after.narrow(2, 2 * width, width), before.narrow(2, 2 * width, width)) == 0);
}

TEST_CASE("attention has PyTorch's names and can start as in the mask study", "[attention]") {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : Net().model.state()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"layer.in_proj_weight", "layer.in_proj_bias",
                                          "layer.out_proj.weight", "layer.out_proj.bias"});
  nn::AttentionSettings settings;
  settings.bias = false;
  settings.init = nn::AttentionInit::csordas2021;
  OneLayer model(std::make_shared<nn::MultiheadAttentionLayer>(100, 4, settings));
  model.initialize(1);
  const double bound = std::sqrt(6.0 / 200);
  for (const auto& [name, tensor] : model.state()) {
    const double largest = tensor.abs().max().item<double>();
    CHECK(largest <= bound);
    CHECK(largest > 0.99 * bound);  // 10,000 numbers or more
  }
}

TEST_CASE("positions are sines and cosines in turn", "[attention]") {
  nn::PositionalEncodingLayer layer(5, 0, 12);
  const Tensor y = layer.forward(torch::zeros({1, 12, 5}, torch::kDouble));
  for (const int64_t t : {0, 1, 11}) {
    for (int64_t i = 0; i < 5; ++i) {
      const double angle = static_cast<double>(t) / std::pow(10000.0, (i - i % 2) / 5.0);
      const double expected = i % 2 == 0 ? std::sin(angle) : std::cos(angle);
      CHECK(y[0][t][i].item<double>() == Approx(expected).margin(1e-13));
    }
  }
  const Tensor later = layer.forward(torch::zeros({1, 2, 5}, torch::kDouble), 7);
  CHECK(max_error(later, y.narrow(1, 7, 2)) == 0);
  CHECK_THROWS_WITH(layer.forward(torch::zeros({1, 2, 5}), 11),
                    "layer kind 'positional_encoding' takes [n, positions, 5] with positions 11 .. "
                    "11 at most; it got [1, 2, 5]");
}

TEST_CASE("attention refuses sizes that cannot be", "[attention]") {
  CHECK_THROWS_WITH(nn::MultiheadAttentionLayer(6, 4),
                    "multihead_attention: 6 features do not divide into 4 heads");
  const Net net;
  const Tensor x = random_tensor({2, 4, kWidth}, 1);
  const auto with = [&](const Tensor& lengths) { net.layer->forward(x, {false, lengths}); };
  CHECK_THROWS_WITH(with(torch::tensor({0, 4}, torch::kLong)), "a length of 0; expected 1 .. 4");
  CHECK_THROWS_WITH(net.layer->forward(x, random_tensor({3, 4, kWidth}, 1)),
                    Catch::Contains("queries [2, 4, 6], keys [3, 4, 6]"));
  CHECK_THROWS_WITH(net.layer->forward(x, x.narrow(1, 0, 2), AttentionMask{true, {}}),
                    "causal attention of 4 queries to 2 keys; there must be a key for each query");
  CHECK_THROWS_WITH(net.layer->forward(random_tensor({2, 4}, 1)),
                    "layer 'layer' (multihead_attention) takes [n, positions, 6]; it got [2, 4]");
}
