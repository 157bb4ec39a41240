// Recurrent networks: the papers' sizes, what is read where, and the ways of decoding.
#include <modhost/decode.h>

#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"

using namespace modhost;
using namespace modhost::test;

namespace {

const Signature kScan = tokens(10, 14, Output::tokens, {49, 7});
const Signature kShort = tokens(5, 6, Output::tokens, {4, 5});

Texts with(Texts options, const std::string& key, const std::string& value) {
  options[key] = value;
  return options;
}

const Texts kTiny{{"hidden", "4"}, {"embedding", "3"}};

}  // namespace

// Csordas et al. 2021: double addition, add/mul and SCAN; parameters in all and with a mask there.
TEST_CASE("rnn has the papers' numbers of parameters", "[rnn]") {
  struct Row {
    Signature signature;
    int64_t parameters, masked;
  };
  const Row row = GENERATE(Row{sequence(6, 80, Output::digits, {4, 10}), 880680, 878592},
                           Row{features(42, Output::digits, {2, 10}), 836628, 834560},
                           Row{kScan, 990543, 987000});
  const auto model = make_model("rnn", row.signature);
  CHECK(model->parameter_count() == row.parameters);
  CHECK(masked_count(*model, {"*bias*", "*embedding*"}) == row.masked);
}

TEST_CASE("rnn names its layers by their part", "[rnn]") {
  CHECK(state_names(*make_model("rnn", kShort, with(kTiny, "layers", "1"))) ==
        std::vector<std::string>{"in_embedding.weight", "encoder.weight_ih_l0",
                                 "encoder.weight_hh_l0", "encoder.bias_ih_l0",
                                 "out_embedding.weight", "decoder.weight_ih_l0",
                                 "decoder.weight_hh_l0", "decoder.bias_ih_l0",
                                 "output_projection.weight", "output_projection.bias"});
}

TEST_CASE("rnn computes with an ensemble what single passes give", "[rnn]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn");
  const Signature signature =
      GENERATE(features(3, Output::classes, {3}), sequence(4, 3, Output::digits, {2, 5}, {3, 1}),
               tokens(4, 6, Output::values, {2}), features(3, Output::tokens, {3, 5}));
  INFO(cell << ": " << signature.text());
  check_model([&] { return make_model("rnn", signature, with(kTiny, "cell", cell)); });
}

// Among three seeds some are forced and some are not.
TEST_CASE("an ensemble of rnn throws a coin for each seed", "[rnn]") {
  const std::string forcing = GENERATE("0", "0.5", "1");
  INFO(forcing);
  check_model([&] { return make_model("rnn", kShort, with(kTiny, "teacher_forcing", forcing)); });
}

TEST_CASE("rnn learns", "[rnn]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn");
  INFO(cell);
  const Texts options{{"hidden", "24"}, {"cell", cell}, {"layers", "1"}, {"dropout", "0"}};
  check_learns(*make_model("rnn", features(6, Output::digits, {2, 4}), options), 100, 2e-2, 0.3);
  check_learns(*make_model("rnn", kShort, options), 150, 2e-2, 0.3);
}

TEST_CASE("rnn shows features at every step", "[rnn]") {
  const auto shown =
      make_model("rnn", features(5, Output::classes, {3}), with(kTiny, "steps", "4"));
  const auto given = make_model("rnn", sequence(4, 5, Output::classes, {3}), kTiny);
  shown->initialize(1);
  given->load_state(shown->state());
  const Tensor x = torch::rand({2, 5});
  const Tensor repeated = x.unsqueeze(1).repeat({1, 4, 1});
  CHECK(torch::allclose(shown->forward({x}), given->forward({repeated}), 1e-5, 1e-6));
}

TEST_CASE("rnn sees all tokens of a row and none behind them", "[rnn]") {
  const auto model = make_model("rnn", kShort, kTiny);
  model->initialize(1);
  model->to(torch::kDouble);
  Batch batch = random_batch(kShort, 3, 1).without_target();
  batch.input_length = torch::tensor({5, 3, 1}, torch::kLong);
  const Tensor before = model->forward(batch);
  const auto after_change = [&](int64_t row, int64_t place) {
    Batch changed = batch;
    changed.input = batch.input.clone();
    changed.input[row][place] = (batch.input[row][place] + 1) % 6;
    return torch::equal(model->forward(changed), before);
  };
  CHECK(after_change(1, 3));        // behind its three tokens
  CHECK_FALSE(after_change(1, 2));  // its last one, the end token of the papers' data
  CHECK_FALSE(after_change(2, 0));
}

TEST_CASE("decoding of rnn equals teacher forcing with its own choices", "[rnn]") {
  const auto model = make_model("rnn", kShort, with(kTiny, "teacher_forcing", "1"));
  model->to(torch::kDouble);
  model->set_training(false);
  const int64_t end = 4;
  Batch batch = random_batch(kShort, 20, 1).without_target();
  int64_t ended = 0, whole = 0;
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    model->initialize(seed);
    for (const Parameter& parameter : model->parameters()) parameter.tensor().mul_(5);
    batch.target = Tensor();
    const Tensor chosen = model->forward(batch);
    batch.target = chosen.argmax(-1);
    const Tensor taught = model->forward(batch);
    for (int64_t row = 0; row < 20; ++row) {
      bool past = false;
      for (int64_t place = 0; place < 4; ++place) {
        const Tensor expected = past ? torch::zeros({5}, torch::kDouble) : taught[row][place];
        CHECK(torch::allclose(chosen[row][place], expected, 0, 1e-12));
        past = past || batch.target[row][place].item<int64_t>() == end;
      }
      ++(past ? ended : whole);
    }
  }
  CHECK(ended > 0);  // both kinds of rows were seen
  CHECK(whole > 0);
}

TEST_CASE("rnn throws its coin by the noise and nothing else", "[rnn]") {
  const auto model = make_model("rnn", kShort, with(kTiny, "teacher_forcing", "0.5"));
  const auto forced = make_model("rnn", kShort, with(kTiny, "teacher_forcing", "1"));
  model->initialize(1);
  forced->load_state(model->state());
  const Batch batch = random_batch(kShort, 4, 1);
  constexpr int kSteps = 200;
  int heads = 0;
  for (uint64_t step = 0; step < kSteps; ++step) {
    model->set_noise({{9}, step});
    const Tensor output = model->forward(batch);
    model->set_noise({{9}, step});
    CHECK(torch::equal(output, model->forward(batch)));
    if (torch::equal(output, forced->forward(batch))) ++heads;
  }
  CHECK(std::abs(heads - kSteps / 2) < 4 * std::sqrt(kSteps / 4.0));  // 4 standard deviations
}

TEST_CASE("rnn draws dropout in training only", "[rnn]") {
  const auto model = make_model("rnn", kShort, with(kTiny, "dropout", "0.5"));
  model->initialize(1);
  Batch batch = random_batch(kShort, 4, 1).without_target();
  model->set_training(false);
  model->set_noise({{1}, 0});
  const Tensor one = model->forward(batch);
  model->set_noise({{1}, 1});
  CHECK(torch::equal(one, model->forward(batch)));
  batch.target = torch::zeros({4, 4}, torch::kLong);
  model->set_training(true);
  CHECK_FALSE(torch::equal(one, model->forward(batch)));
}
