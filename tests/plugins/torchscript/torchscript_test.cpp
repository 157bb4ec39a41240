// Networks saved by Python, run and masked without a port.
#include <modhost/mask.h>

#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"
#include "saved_networks.h"

using namespace modhost;
using namespace modhost::test;
using Catch::Contains;

namespace {

const std::vector<std::string> kNetworks = {
    "mlp",         "resnet",        "resnet_traced", "lstm",
    "lstm_traced", "gru",           "gru_traced",    "transformer",
    "attention",   "control_flow",  "functional",    "transformer_traced",
    "tied",        "tied_traced",   "norms",         "transformer_fused",
    "vision",      "vision_traced", "by_value",      "across_batch",
    "started",     "viewed",        "long_loop"};

double largest_difference(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a - b).abs().max().item<double>();
}

Batch of(const Tensor& input) {
  Batch batch;
  batch.input = input;
  return batch;
}

// Float sums of at most some dozen terms of size 1, in another order.
constexpr double kTolerance = 1e-6;

Variations masked_as_in_python(const ModelBase& model) {
  Variations variations;
  int64_t position = 0;
  for (const Parameter& parameter : model.parameters()) {
    const Tensor masks = python_masks(position++, parameter.tensor());
    variations[parameter.name()] = given_variants(parameter.tensor() * masks);
  }
  return variations;
}

}  // namespace

TEST_CASE("torchscript networks give what PyTorch gives", "[torchscript]") {
  const std::string name = GENERATE(from_range(kNetworks));
  INFO(name);
  const torch::NoGradGuard no_grad;
  const auto model = saved_network(name);
  const Tensor y = model->forward(of(expected(name, "input")));
  CHECK(largest_difference(y, expected(name, "output")) < kTolerance);
}

TEST_CASE("torchscript networks under three masks at once give PyTorch's three single passes",
          "[torchscript]") {
  const std::string name = GENERATE(from_range(kNetworks));
  const std::string batching = GENERATE("auto", "passes");
  INFO(name << ", " << batching);
  const torch::NoGradGuard no_grad;
  const auto model = saved_network(name, batching);
  const Batch batch = repeated(of(expected(name, "input")), 3);
  const EnsembleScope scope(*model, 3, masked_as_in_python(*model));
  const Tensor wanted = expected(name, "masked").flatten(0, 1);
  CHECK(largest_difference(model->forward(batch), wanted) < kTolerance);
}

// Masks as diffmask trains them: all samples at once against one pass each, values and gradients of
// the logits, twice, since the first run could differ from later ones.
TEST_CASE("torchscript networks hand gradients to the logits of masks", "[torchscript]") {
  const std::string name = GENERATE(from_range(kNetworks));
  INFO(name);
  const auto gradients = [&](const std::string& batching) {
    const auto model = saved_network(name, batching);
    model->require_gradients(false);
    model->set_training(false);
    const Masks masks(*model, {{"*"}, {}, 0.5});
    const Batch batch = repeated(of(expected(name, "input")), 4);
    std::vector<Tensor> found;
    for (uint64_t step = 0; step < 2; ++step) {
      MaskSampling sampling;
      sampling.samples = 4;
      sampling.noise.key = 3;
      sampling.noise.step = step;
      const EnsembleScope scope(*model, 4, masks.sampled(sampling));
      const Tensor y = model->forward(batch);
      const Tensor weight = torch::arange(y.numel()).view(y.sizes()).to(torch::kFloat) / y.numel();
      (y * weight).sum().backward();
      found.push_back(y.detach());
    }
    for (const auto& [parameter, logits] : masks.logits()) {
      INFO(parameter);
      REQUIRE(logits.grad().defined());
      CHECK(logits.grad().abs().max().item<double>() > 0);
      found.push_back(logits.grad());
    }
    return found;
  };
  const auto at_once = gradients("auto"), passes = gradients("passes");
  REQUIRE(at_once.size() == passes.size());
  for (size_t i = 0; i < at_once.size(); ++i) {
    const double scale = std::max(1.0, passes[i].abs().max().item<double>());
    CHECK(largest_difference(at_once[i], passes[i]) < 5 * kTolerance * scale);
  }
}

TEST_CASE("torchscript networks know the layers of the SDK", "[torchscript]") {
  const auto kinds = [](const std::string& name) {
    std::string text;
    const auto model = saved_network(name);
    for (const auto& slot : model->layers()) {
      if (slot.layer->kind() != "dropout") text += slot.name + ":" + slot.layer->kind() + " ";
    }
    return text;
  };
  CHECK(kinds("mlp") == "net.1:linear net.4:linear ");
  CHECK(kinds("lstm") == "rnn:lstm head:linear ");
  CHECK(kinds("lstm_traced") == kinds("lstm"));
  CHECK(kinds("gru") == "rnn:torchscript out:linear ");  // both directions
  CHECK(kinds("resnet_traced") == kinds("resnet"));
  CHECK_THAT(kinds("resnet"),
             Contains("stem:conv2d blocks.0.conv1:conv2d blocks.0.bn1:batch_norm2d"));
  CHECK(kinds("attention") == "up:linear other:linear attention:multihead_attention head:linear ");
  CHECK_THAT(
      kinds("transformer"),
      Contains("encoder.layers.0.self_attn:multihead_attention encoder.layers.0.linear1:linear "
               "encoder.layers.0.linear2:linear encoder.layers.0.norm1:layer_norm"));
  CHECK_THAT(kinds("control_flow"), Contains("cell:gru_cell layers.0:linear"));
  CHECK_THAT(kinds("norms"), Contains("conv:conv1d group:group_norm batch:batch_norm1d"));
  CHECK(kinds("by_value") == "first:linear second:linear ");
}

// "from > to: pairs", the pairs as unit-unit.
std::string joint_text(const ModelBase& model, const std::string& from, const std::string& to) {
  std::string text;
  for (const Joint& joint : model.joints()) {
    if (joint.from != from || joint.to != to) continue;
    for (const auto& [writer, reader] : joint.pairs) {
      text += std::to_string(writer) + "-" + std::to_string(reader) + " ";
    }
  }
  return text;
}

std::string text_of(joint::Pairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  std::string text;
  for (const auto& [from, to] : pairs) {
    text += std::to_string(from) + "-" + std::to_string(to) + " ";
  }
  return text;
}

TEST_CASE("torchscript networks know how units get from layer to layer", "[torchscript]") {
  const auto mlp = saved_network("mlp");
  CHECK(joint_text(*mlp, "", "net.1") == text_of(joint::same(12)));
  CHECK(joint_text(*mlp, "net.1", "net.4") == text_of(joint::same(16)));
  CHECK(mlp->joints().size() == 2);

  const auto resnet = saved_network("resnet");
  check_joints(*resnet);
  CHECK(joint_text(*resnet, "", "stem") == text_of(joint::same(1)));
  CHECK(joint_text(*resnet, "blocks.0.conv1", "blocks.0.bn1") == text_of(joint::same(4)));
  // Both what the block computes and what it passes by reach the next block.
  CHECK(joint_text(*resnet, "blocks.0.bn2", "blocks.1.conv1") == text_of(joint::same(4)));
  CHECK(joint_text(*resnet, "blocks.0.short", "blocks.1.conv1") == text_of(joint::same(4)));
  CHECK(joint_text(*resnet, "blocks.1.bn2", "head") == text_of(joint::same(6)));
  CHECK(joint_text(*resnet, "stem", "blocks.1.conv1").empty());

  const auto lstm = saved_network("lstm");
  check_joints(*lstm);
  CHECK(joint_text(*lstm, "rnn", "head") == text_of(joint::same(6)));

  const auto attention = saved_network("attention");
  check_joints(*attention);
  CHECK(joint_text(*attention, "up", "attention") == text_of(joint::same(8)));
  CHECK(joint_text(*attention, "other", "attention") == text_of(joint::same(8)));
  CHECK(joint_text(*attention, "attention", "head") == text_of(joint::same(8)));

  // Queries, keys and values of the head written by hand: softmax mixes all features.
  const auto vision = saved_network("vision");
  CHECK(joint_text(*vision, "patch", "qkv") == text_of(joint::same(8)));
  CHECK(joint_text(*vision, "qkv", "norm").find("16-0 ") != std::string::npos);
  CHECK(joint_text(*vision, "qkv", "norm").find("16-1 ") == std::string::npos);
  CHECK(joint_text(*vision, "qkv", "norm").find("0-7 ") != std::string::npos);
}

TEST_CASE("torchscript networks keep the names of PyTorch's state dict", "[torchscript]") {
  CHECK(state_names(*saved_network("tied")) ==
        std::vector<std::string>{"embed.weight", "mid.weight", "mid.bias"});
  CHECK(state_names(*saved_network("functional")) ==
        std::vector<std::string>{"weight", "bias", "mix", "scale"});
  CHECK(state_names(*saved_network("attention"))[4] == "attention.in_proj_weight");
  CHECK(state_names(*saved_network("attention"))[6] == "attention.out_proj.weight");
}

TEST_CASE("torchscript says where each mask sample takes a pass of its own, and why",
          "[torchscript]") {
  const auto note = [](const std::string& name) {
    const auto notes = saved_network(name)->notes();
    return notes.empty() ? std::string() : notes[0];
  };
  for (const std::string name :
       {"mlp", "resnet", "resnet_traced", "lstm", "lstm_traced", "tied", "viewed"}) {
    CHECK(note(name).empty());
  }
  CHECK(note("transformer") ==
        "one pass for each mask sample at place (add), all at once everywhere else");
  CHECK_THAT(note("gru"), Contains("at rnn (gru)"));
  CHECK_THAT(note("started"), Contains("at rnn (lstm)"));  // the SDK's begins with zeros
  CHECK_THAT(note("norms"), Contains("prelu (prelu)") && Contains("back (conv_transpose1d)"));
  CHECK_THAT(note("by_value"),
             Contains("one pass for each mask sample: ") && Contains("into a number"));
  CHECK_THAT(note("across_batch"), Contains("at 'norm' (batch_norm): they influence each other"));
}

TEST_CASE("torchscript networks are trained further from the weights of the file",
          "[torchscript]") {
  const std::string name =
      GENERATE("mlp", "resnet", "lstm", "transformer", "control_flow", "norms");
  INFO(name);
  const auto model = saved_network(name);
  const NamedTensors before = model->state();
  std::vector<Tensor> kept;
  for (const auto& [parameter, tensor] : before) kept.push_back(tensor.clone());
  model->initialize(5);  // whatever the seed: the file's
  size_t i = 0;
  for (const auto& [parameter, tensor] : model->state()) CHECK(torch::equal(tensor, kept[i++]));
  check_learns(*model, 20, 1e-2, 0.9);
}

TEST_CASE("torchscript networks compute with an ensemble what single passes give, in training too",
          "[torchscript]") {
  const std::string name =
      GENERATE("mlp", "resnet", "lstm", "transformer", "transformer_traced", "tied", "vision",
               "gru", "control_flow", "norms", "started", "viewed");
  INFO(name);
  check_ensemble([&] { return saved_network(name); });
  check_shapes(*saved_network(name));
}

TEST_CASE("torchscript networks count batches and keep averages as PyTorch does", "[torchscript]") {
  const auto model = saved_network("resnet");
  model->to(torch::kDouble);
  const auto buffer = [&](const std::string& name) {
    for (const auto& [found, tensor] : model->buffers()) {
      if (found == name) return tensor.clone();
    }
    FAIL("no buffer '" + name + "'");
    return Tensor();
  };
  const Tensor mean = buffer("blocks.0.bn1.running_mean");
  CHECK(buffer("blocks.0.bn1.num_batches_tracked").item<int64_t>() == 0);
  model->set_training(true);
  const Batch batch = random_batch(model->signature(), 6, 4);
  for (int step = 0; step < 3; ++step) model->forward(batch);
  CHECK(buffer("blocks.0.bn1.num_batches_tracked").item<int64_t>() == 3);
  // Of the same batch each time: m + (1 - 0.9^3) (batch mean - m).
  std::map<std::string, Tensor> weights;
  for (const Parameter& parameter : model->parameters()) {
    weights[parameter.name()] = parameter.tensor();
  }
  const Tensor stem =
      torch::conv2d(batch.input, weights["stem.weight"], weights["stem.bias"], 1, {1, 0});
  const Tensor seen = torch::conv2d(stem, weights["blocks.0.conv1.weight"], {}, 1, 1);
  const Tensor wanted = mean + (1 - 0.9 * 0.9 * 0.9) * (seen.mean({0, 2, 3}) - mean);
  CHECK(largest_difference(buffer("blocks.0.bn1.running_mean"), wanted) < 1e-12);
}
