// The Transformer: the papers' sizes, LibTorch's own layers, decoding with kept keys and values.
#include <torch/nn/modules/transformerlayer.h>

#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

const Signature kScan = tokens(10, 14, Output::tokens, {49, 7});
const Signature kShort = tokens(5, 6, Output::tokens, {4, 5});
const Texts kTiny{{"features", "6"},       {"heads", "2"},          {"feedforward", "7"},
                  {"encoder_layers", "1"}, {"decoder_layers", "2"}, {"dropout", "0.3"}};

Texts with(Texts options, const std::string& key, const std::string& value) {
  options[key] = value;
  return options;
}

double max_error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a - b).abs().max().item<double>();
}

// Copies parameters of the same names.
void copy_from(const ModelBase& model, const std::string& prefix, torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  const NamedTensors state = model.state();
  module.to(torch::kDouble);
  module.eval();
  for (auto& parameter : module.named_parameters()) {
    const Tensor* value = find(state, prefix + parameter.key());
    INFO(prefix + parameter.key());
    REQUIRE(value != nullptr);
    parameter.value().copy_(*value);
  }
}

}  // namespace

// Csordas et al. 2021. There, embeddings and the biases of linear layers have no mask; the shifts
// of layer normalisations have one.
TEST_CASE("transformer has the papers' numbers of parameters", "[transformer]") {
  const std::vector<std::string> whole{"*embedding*", "*linear?.bias", "output_projection.bias"};
  const auto scan = make_model("transformer", kScan);
  CHECK(scan->parameter_count() == 607607);
  CHECK(masked_count(*scan, whole) == 603700);
  const auto mathematics =  // of 95 characters
      make_model("transformer", tokens(160, 95, Output::tokens, {30, 95}),
                 {{"features", "512"},
                  {"heads", "8"},
                  {"encoder_layers", "6"},
                  {"decoder_layers", "6"},
                  {"feedforward", "2048"},
                  {"embeddings", "tied"}});
  CHECK(mathematics->parameter_count() == 6 * 3150336 + 6 * 4199936 + 95 * 512);  // 44.15 million
  CHECK(masked_count(*mathematics, whole) == 6 * 3150336 + 6 * 4199936 - 12 * (2048 + 512));
}

TEST_CASE("transformer computes with an ensemble what single passes give", "[transformer]") {
  const Signature signature =
      GENERATE(Signature(kShort), tokens(4, 6, Output::classes, {3}),
               sequence(4, 3, Output::digits, {2, 5}, {3, 1}), sequence(4, 3, Output::values, {2}));
  INFO(signature.text());
  check_model([&] { return make_model("transformer", signature, kTiny); });
}

TEST_CASE("variants of a tied embedding hold on both sides", "[transformer]") {
  const Signature same = tokens(5, 6, Output::tokens, {4, 6});
  check_model([&] { return make_model("transformer", same, with(kTiny, "embeddings", "tied")); });
  const auto model = make_model("transformer", same, with(kTiny, "embeddings", "tied"));
  for (const std::string& name : state_names(*model)) {
    CHECK(name.find("output_projection") == std::string::npos);
    CHECK(name.find("out_embedding") == std::string::npos);
  }
}

TEST_CASE("transformer learns", "[transformer]") {
  const Texts options = with(with(kTiny, "dropout", "0"), "features", "12");
  check_learns(*make_model("transformer", kShort, options), 120, 1e-2, 0.3);
  check_learns(*make_model("transformer", tokens(4, 6, Output::classes, {3}), options), 80, 1e-2,
               0.3);
}

TEST_CASE("with PyTorch's settings the layers are LibTorch's own", "[transformer]") {
  Texts options = with(with(kTiny, "norm", "standard"), "attention_bias", "true");
  options["decoder_layers"] = "1";
  const auto model = make_model("transformer", kShort, options);
  model->initialize(3);
  model->to(torch::kDouble);
  model->set_training(false);
  torch::nn::TransformerEncoderLayer encoder(
      torch::nn::TransformerEncoderLayerOptions(6, 2).dim_feedforward(7).dropout(0));
  torch::nn::TransformerDecoderLayer decoder(
      torch::nn::TransformerDecoderLayerOptions(6, 2).dim_feedforward(7).dropout(0));
  copy_from(*model, "encoder.layers.0.", *encoder);
  copy_from(*model, "decoder.layers.0.", *decoder);

  Batch batch = random_batch(kShort, 3, 2);
  const NamedTensors state = model->state();
  const auto positions = [](int64_t length) {  // sines and cosines, by hand
    Tensor out = torch::zeros({length, 6}, torch::kDouble);
    for (int64_t t = 0; t < length; ++t) {
      for (int64_t i = 0; i < 3; ++i) {
        const double angle = static_cast<double>(t) / std::pow(10000.0, 2 * i / 6.0);
        out[t][2 * i] = std::sin(angle);
        out[t][2 * i + 1] = std::cos(angle);
      }
    }
    return out;
  };
  const auto embedded = [&](const std::string& name, const Tensor& tokens) {
    const Tensor rows = find(state, name)->index_select(0, tokens.flatten());
    return (rows.view({tokens.size(0), tokens.size(1), 6}) + positions(tokens.size(1)))
        .transpose(0, 1);  // LibTorch's batch is dimension 1
  };
  const Tensor padding = torch::arange(5) >= batch.input_length.unsqueeze(1);
  const Tensor memory = encoder(embedded("in_embedding.weight", batch.input), Tensor(), padding);
  const Tensor start = torch::full({3, 1}, 4, torch::kLong);
  const Tensor fed = torch::cat({start, batch.target.narrow(1, 0, 3)}, 1);
  const Tensor later = torch::full({4, 4}, -INFINITY, torch::kDouble).triu(1);
  const Tensor seen =
      decoder(embedded("out_embedding.weight", fed), memory, later, Tensor(), Tensor(), padding);
  const Tensor expected =
      torch::linear(seen.transpose(0, 1), *find(state, "output_projection.weight"),
                    *find(state, "output_projection.bias"));
  CHECK(max_error(model->forward(batch), expected) < 1e-12);
}

TEST_CASE("kept keys and values give what recomputing all positions gives", "[transformer]") {
  const auto model = make_model("transformer", kShort, kTiny);
  model->initialize(7);
  model->to(torch::kDouble);
  model->set_training(false);
  Batch batch = random_batch(kShort, 20, 1).without_target();
  const Tensor chosen = model->forward(batch);
  batch.target = chosen.argmax(-1);
  const Tensor taught = model->forward(batch);  // all positions at once
  int64_t ended = 0;
  for (int64_t row = 0; row < 20; ++row) {
    bool past = false;
    for (int64_t place = 0; place < 4; ++place) {
      const Tensor expected = past ? torch::zeros({5}, torch::kDouble) : taught[row][place];
      CHECK(max_error(chosen[row][place], expected) < 1e-12);
      past = past || batch.target[row][place].item<int64_t>() == 4;
    }
    if (past) ++ended;
  }
  CHECK((ended > 0 && ended < 20));  // both kinds of rows were seen
}

TEST_CASE("a token depends on no later one and on no padding", "[transformer]") {
  const auto model = make_model("transformer", kShort, kTiny);
  model->initialize(1);
  model->to(torch::kDouble);
  model->set_training(false);
  Batch batch = random_batch(kShort, 2, 1);
  batch.input_length = torch::tensor({5, 3}, torch::kLong);
  const Tensor before = model->forward(batch);
  Batch later = batch;
  later.target = batch.target.clone();
  later.target.select(1, 2).add_(1).remainder_(5);  // fed at place 3
  const Tensor after = model->forward(later);
  CHECK(max_error(before.narrow(1, 0, 3), after.narrow(1, 0, 3)) == 0);
  CHECK(max_error(before.select(1, 3), after.select(1, 3)) > 1e-6);
  Batch padded = batch;
  padded.input = batch.input.clone();
  padded.input[1].narrow(0, 3, 2).fill_(0);
  CHECK(max_error(before, model->forward(padded)) < 1e-15);
}

TEST_CASE("a classifier reads the mean of the positions that count, or the last", "[transformer]") {
  const Signature signature = tokens(4, 6, Output::classes, {3});
  const std::string pooling = GENERATE("mean", "last");
  const auto model = make_model("transformer", signature, with(kTiny, "pooling", pooling));
  model->initialize(1);
  model->to(torch::kDouble);
  model->set_training(false);
  Batch batch = random_batch(signature, 2, 1);
  batch.input_length = torch::tensor({4, 2}, torch::kLong);
  const Tensor both = model->forward(batch);
  const Batch alone{batch.input.narrow(0, 1, 1).narrow(1, 0, 2)};
  CHECK(max_error(both.narrow(0, 1, 1), model->forward(alone)) < 1e-12);
}

// Uniform within a bound: the largest of so many draws comes within 1 % of it.
TEST_CASE("transformer starts as the papers' networks do", "[transformer]") {
  const auto model = make_model("transformer", kScan);
  model->initialize(1);
  const NamedTensors state = model->state();
  const auto largest = [&](const std::string& name) {
    return find(state, name)->abs().max().item<double>();
  };
  CHECK(largest("encoder.layers.0.self_attn.in_proj_weight") ==
        Approx(std::sqrt(6.0 / 200)).epsilon(0.01));
  CHECK(largest("decoder.layers.2.linear1.weight") ==
        Approx(std::sqrt(2.0) * std::sqrt(6.0 / 300)).epsilon(0.01));
  CHECK(largest("decoder.layers.2.linear2.weight") == Approx(std::sqrt(6.0 / 300)).epsilon(0.01));
  CHECK(largest("output_projection.weight") == Approx(std::sqrt(6.0 / 107)).epsilon(0.02));
  CHECK(find(state, "in_embedding.weight")->std().item<double>() == Approx(1).epsilon(0.05));
}

TEST_CASE("transformer refuses what cannot be tied or divided", "[transformer]") {
  CHECK(refusal("transformer", kScan, {{"embeddings", "tied"}}) ==
        "option 'model.embeddings': tied needs the same tokens in and out; tokens [10] -> tokens "
        "[49, 7] has 14 and 7");
  CHECK(refusal("transformer", kScan, {{"heads", "3"}}) ==
        "multihead_attention: 100 features do not divide into 3 heads");
}
