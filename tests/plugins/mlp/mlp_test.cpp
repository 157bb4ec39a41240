// The multi-layer perceptron: the networks of the papers, and where a sequence is read.
#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

const Signature kAddMul = features(42, Output::digits, {2, 10});
const Signature kTuple = sequence(2, 80, Output::digits, {4, 10}, {0, 0, 1, 1});

void set(const ModelBase& model, const std::string& name, const Tensor& value) {
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name() == name) parameter.tensor().copy_(value);
  }
}

}  // namespace

// Csordas et al. 2021: tuple, add/mul and permuted MNIST, parameters in all and with a mask.
TEST_CASE("mlp has the papers' numbers of parameters", "[mlp]") {
  struct Row {
    Signature signature;
    std::string hidden;
    int64_t parameters, weights;
  };
  const Row row = GENERATE(Row{kTuple, "2000,2000,2000,2000", 12248040, 12240000},
                           Row{kTuple, "800,800,800,800", 2019240, 2016000},
                           Row{kAddMul, "400,400,200", 261820, 260800},
                           Row{kAddMul, "800,800,800,800", 1972820, 1969600},
                           Row{image({1, 28, 28}, 10), "800,800,64", 1320714, 1319040});
  const auto model = make_model("mlp", row.signature, {{"hidden", row.hidden}});
  CHECK(model->parameter_count() == row.parameters);
  CHECK(masked_count(*model) == row.parameters);
  CHECK(masked_count(*model, {"*.bias"}) == row.weights);
}

// Weights and biases, layer by layer: (in + 1) * out.
TEST_CASE("mlp has the numbers of parameters of the clusterability studies", "[mlp]") {
  const auto count = [](const Signature& signature, const std::string& hidden) {
    return make_model("mlp", signature, {{"hidden", hidden}})->parameter_count();
  };
  const Signature digits = image({1, 28, 28}, 10);
  CHECK(count(digits, "256,256,256,256") == 785 * 256 + 3 * 257 * 256 + 257 * 10);
  CHECK(count(digits, "512,512,512") == 932'362);
  CHECK(count(image({1, 7, 7}, 10), "64,64,64") == 50 * 64 + 2 * 65 * 64 + 65 * 10);
  CHECK(count(features(2, Output::values, {512}), "256,256,256,256") == 329'728);
  CHECK(count(features(1, Output::values, {4}), "512,512,512") == 528'388);
  CHECK(count(kAddMul, "2000,2000,2000,2000") == 12'132'020);
}

TEST_CASE("mlp names its layers as the papers' feed-forward network", "[mlp]") {
  const auto model = make_model("mlp", kAddMul, {{"hidden", "5,4"}});
  CHECK(state_names(*model) == std::vector<std::string>{"layers.0.weight", "layers.0.bias",
                                                        "layers.1.weight", "layers.1.bias",
                                                        "layers.2.weight", "layers.2.bias"});
}

TEST_CASE("mlp computes with an ensemble what single passes give", "[mlp]") {
  const Texts options =
      GENERATE(Texts{{"hidden", "6,5"}}, Texts{{"hidden", "6"}, {"dropout", "0.5"}},
               Texts{{"hidden", "6"}, {"activation", "sigmoid"}},
               Texts{{"hidden", "[]"}, {"bias", "false"}});
  const Signature signature =
      GENERATE(features(4, Output::classes, {3}), sequence(4, 3, Output::digits, {2, 5}, {3, 1}),
               sequence(4, 3, Output::values, {3}));
  check_model([&] { return make_model("mlp", signature, options); });
}

TEST_CASE("mlp learns", "[mlp]") {
  const std::string activation = GENERATE("relu", "tanh", "sigmoid", "gelu", "silu", "step");
  INFO(activation);
  const auto model = make_model("mlp", features(6, Output::digits, {2, 4}),
                                {{"hidden", "40,30"}, {"activation", activation}});
  check_learns(*model, 150, 1e-2, 0.3);
}

TEST_CASE("mlp reads each place at its own step and sees no other", "[mlp]") {
  const auto model = make_model("mlp", kTuple, {{"hidden", "7"}});
  model->initialize(1);
  const Tensor input = torch::rand({3, 2, 80});
  const Tensor before = model->forward({input});
  REQUIRE(before.sizes() == torch::IntArrayRef({3, 4, 10}));
  Tensor changed = input.clone();
  changed.select(1, 0).zero_();
  const Tensor after = model->forward({changed});
  CHECK(torch::equal(before.narrow(1, 2, 2), after.narrow(1, 2, 2)));
  CHECK((before.narrow(1, 0, 2) - after.narrow(1, 0, 2)).abs().min().item<double>() > 0);
  // Step 1 alone, through a network for features: its places 2 and 3.
  const auto single = make_model("mlp", features(80, Output::digits, {4, 10}), {{"hidden", "7"}});
  single->load_state(model->state());
  const Tensor alone = single->forward({input.select(1, 1)});
  CHECK(torch::allclose(before.narrow(1, 2, 2), alone.narrow(1, 2, 2), 1e-6, 1e-6));
}

TEST_CASE("mlp reads a sequence without given steps at the last one of each sample", "[mlp]") {
  const Signature signature = sequence(4, 3, Output::classes, {2});
  const auto model = make_model("mlp", signature, {{"hidden", "5"}});
  model->initialize(1);
  Batch batch{torch::rand({2, 4, 3})};
  const Tensor last = model->forward(batch);
  batch.input_length = torch::tensor({4, 2}, torch::kLong);
  const Tensor ended = model->forward(batch);
  CHECK(torch::equal(last[0], ended[0]));
  batch.input = batch.input.narrow(1, 0, 2).contiguous();
  batch.input_length = Tensor();
  CHECK(torch::equal(model->forward(batch)[1], ended[1]));
}

TEST_CASE("mlp gives bits by a sigmoid, by hand", "[mlp]") {
  const auto model = make_model("mlp", features(2, Output::values, {1}),
                                {{"hidden", "2"}, {"output_activation", "sigmoid"}});
  set(*model, "layers.0.weight", torch::tensor({{1.0F, 1.0F}, {1.0F, 1.0F}}));
  set(*model, "layers.0.bias", torch::tensor({0.0F, -1.0F}));
  set(*model, "layers.1.weight", torch::tensor({{20.0F, -40.0F}}));
  set(*model, "layers.1.bias", torch::tensor({-10.0F}));
  const Tensor bits = torch::tensor({{0.0F, 0.0F}, {0.0F, 1.0F}, {1.0F, 0.0F}, {1.0F, 1.0F}});
  const Tensor found = model->forward({bits}).squeeze(1);  // exclusive or: logits -10 or 10
  const double low = 1 / (1 + std::exp(10.0));
  CHECK(found[0].item<double>() == Approx(low).epsilon(1e-4));
  CHECK(found[1].item<double>() == Approx(1 - low));
  CHECK(found[2].item<double>() == Approx(1 - low));
  CHECK(found[3].item<double>() == Approx(low).epsilon(1e-4));
}

// Standard deviations of many draws; their relative error is about 1/sqrt(2 * 40000) = 0.4 %.
TEST_CASE("mlp starts as the papers' networks do", "[mlp]") {
  const auto deviation = [](const std::string& init, const std::string& parameter) {
    const auto model = make_model("mlp", features(200, Output::classes, {100}),
                                  {{"hidden", "200,200"}, {"init", init}});
    model->initialize(4);
    for (const auto& [name, tensor] : model->state()) {
      if (name == parameter) return tensor.std(false).item<double>();
    }
    return -1.0;
  };
  CHECK(deviation("default", "layers.1.weight") ==
        Approx(std::sqrt(1 / 200.0 / 3)).epsilon(0.02));  // uniform within 1/sqrt(200)
  CHECK(deviation("default", "layers.1.bias") > 0);
  CHECK(deviation("xavier_normal", "layers.1.weight") ==
        Approx(std::sqrt(2 * 2.0 / 400)).epsilon(0.02));  // gain sqrt(2) of relu
  CHECK(deviation("xavier_normal", "layers.2.weight") ==
        Approx(std::sqrt(2.0 / 300)).epsilon(0.02));  // the last layer has none
  CHECK(deviation("xavier_uniform", "layers.1.weight") ==
        Approx(std::sqrt(2.0 / 400)).epsilon(0.02));
  CHECK(deviation("kaiming_normal", "layers.2.weight") == Approx(std::sqrt(0.01)).epsilon(0.02));
  for (const std::string init : {"xavier_normal", "xavier_uniform", "kaiming_normal"}) {
    CHECK(deviation(init, "layers.1.bias") == 0);
  }
}

TEST_CASE("mlp refuses an output activation on logits", "[mlp]") {
  CHECK(refusal("mlp", kAddMul, {{"output_activation", "sigmoid"}}) ==
        "option 'model.output_activation' is for real values; digits are given as logits");
  CHECK(refusal("mlp", kAddMul, {{"activation", "rleu"}}).find("did you mean 'relu'?") !=
        std::string::npos);
}
