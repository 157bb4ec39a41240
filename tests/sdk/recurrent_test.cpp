// Recurrent layers against LibTorch's, against arithmetic by hand, with lengths and under
// ensembles.
#include <modhost/error.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "layer_cases.h"

using namespace modhost;

namespace {

constexpr double kTolerance = 1e-12;

nn::RecurrentSettings layers_of(int64_t layers) {
  nn::RecurrentSettings settings;
  settings.layers = layers;
  return settings;
}

std::shared_ptr<nn::RecurrentLayer> make(const std::string& cell, int64_t layers) {
  if (cell == "lstm") return std::make_shared<nn::LstmLayer>(3, 4, layers_of(layers));
  if (cell == "gru") return std::make_shared<nn::GruLayer>(3, 4, layers_of(layers));
  const std::string activation = cell.substr(4);
  return std::make_shared<nn::RnnLayer>(3, 4, layers_of(layers), activation);
}

// A model of one recurrent layer, all of whose arguments can be given.
struct Net {
  explicit Net(const std::string& cell, int64_t layers = 2)
      : layer(make(cell, layers)), model(layer) {
    model.initialize(4);
    model.require_gradients(true);
  }
  std::vector<Tensor> parameters() {
    std::vector<Tensor> out;
    for (const Parameter& parameter : model.parameters()) out.push_back(parameter.tensor());
    return out;
  }
  std::shared_ptr<nn::RecurrentLayer> layer;
  OneLayer model;
};

nn::RecurrentState random_state(const Net& net, int64_t rows, bool cells) {
  nn::RecurrentState state;
  for (int64_t layer = 0; layer < net.layer->layers(); ++layer) {
    state.h.push_back(random_tensor({rows, 4}, 50 + layer));
    if (cells) state.c.push_back(random_tensor({rows, 4}, 60 + layer));
  }
  return state;
}

nn::RecurrentState rows_of(const nn::RecurrentState& state, int64_t first, int64_t count) {
  nn::RecurrentState out;
  for (const Tensor& h : state.h) out.h.push_back(h.narrow(0, first, count));
  for (const Tensor& c : state.c) out.c.push_back(c.narrow(0, first, count));
  return out;
}

// y and the final states, in one list.
std::vector<Tensor> results(const nn::RecurrentOutput& out) {
  std::vector<Tensor> all{out.y};
  all.insert(all.end(), out.state.h.begin(), out.state.h.end());
  all.insert(all.end(), out.state.c.begin(), out.state.c.end());
  return all;
}

// One number that depends on all results.
Tensor summary(const std::vector<Tensor>& results) {
  Tensor sum = torch::zeros({}, torch::kDouble);
  for (size_t i = 0; i < results.size(); ++i) {
    sum = sum + (results[i] * random_tensor(results[i].sizes().vec(), 70 + i)).sum();
  }
  return sum;
}

std::vector<Tensor> libtorch(const std::string& cell, Net& net, const Tensor& x,
                             const nn::RecurrentState& state) {
  const Tensor h0 = torch::stack(state.h);
  const auto layers = net.layer->layers();
  std::vector<Tensor> out;
  if (cell == "lstm") {
    const auto [y, h, c] = torch::lstm(x, {h0, torch::stack(state.c)}, net.parameters(), true,
                                       layers, 0, false, false, true);
    out = {y};
    for (int64_t layer = 0; layer < layers; ++layer) out.push_back(h[layer]);
    for (int64_t layer = 0; layer < layers; ++layer) out.push_back(c[layer]);
    return out;
  }
  const auto weights = net.parameters();
  const auto [y, h] =
      cell == "gru"        ? torch::gru(x, h0, weights, true, layers, 0, false, false, true)
      : cell == "rnn_tanh" ? torch::rnn_tanh(x, h0, weights, true, layers, 0, false, false, true)
                           : torch::rnn_relu(x, h0, weights, true, layers, 0, false, false, true);
  out = {y};
  for (int64_t layer = 0; layer < layers; ++layer) out.push_back(h[layer]);
  return out;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Counts how often its variants are asked for.
class Counted : public Variation {
 public:
  Counted(Tensor tensor, int* calls) : tensor_(std::move(tensor)), calls_(calls) {}
  int64_t size() const override { return tensor_.size(0); }
  Tensor apply(const Tensor&) const override {
    ++*calls_;
    return tensor_;
  }

 private:
  Tensor tensor_;
  int* calls_;
};

}  // namespace

TEST_CASE("a stack equals LibTorch's in values, states and gradients", "[recurrent]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn_tanh", "rnn_relu");
  INFO(cell);
  Net net(cell);
  const Tensor x = random_tensor({3, 5, 3}, 1).set_requires_grad(true);
  nn::RecurrentState state = random_state(net, 3, cell == "lstm");
  for (Tensor& h : state.h) h.set_requires_grad(true);

  const std::vector<Tensor> own = results((*net.layer).forward(x, state));
  const std::vector<Tensor> other = libtorch(cell, net, x, state);
  REQUIRE(own.size() == other.size());
  for (size_t i = 0; i < own.size(); ++i) CHECK(max_error(own[i], other[i]) < kTolerance);

  std::vector<Tensor> inputs = net.parameters();
  inputs.push_back(x);
  inputs.insert(inputs.end(), state.h.begin(), state.h.end());
  const auto own_grad = torch::autograd::grad({summary(own)}, inputs);
  const auto other_grad = torch::autograd::grad({summary(other)}, inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    CHECK(max_error(own_grad[i], other_grad[i]) < kTolerance);
  }
}

TEST_CASE("an LSTM of one unit agrees with arithmetic done by hand", "[recurrent]") {
  nn::RecurrentSettings settings;
  settings.biases = 1;
  const auto layer = std::make_shared<nn::LstmLayer>(1, 1, settings);
  OneLayer model(layer);
  const double wi = 0.5, wf = -0.3, wg = 0.8, wo = 0.2;  // from the input
  const double ui = 0.1, uf = 0.4, ug = -0.6, uo = 0.7;  // from the state
  const double bi = 0.05, bf = 1, bg = -0.2, bo = 0.3;
  model.load_state({{"layer.weight_ih_l0", torch::tensor({{wi}, {wf}, {wg}, {wo}}, torch::kDouble)},
                    {"layer.weight_hh_l0", torch::tensor({{ui}, {uf}, {ug}, {uo}}, torch::kDouble)},
                    {"layer.bias_ih_l0", torch::tensor({bi, bf, bg, bo}, torch::kDouble)}});
  const double x[] = {0.9, -1.1};
  double h = 0, c = 0;
  for (const double now : x) {
    c = sigmoid(wf * now + uf * h + bf) * c +
        sigmoid(wi * now + ui * h + bi) * std::tanh(wg * now + ug * h + bg);
    h = sigmoid(wo * now + uo * h + bo) * std::tanh(c);
  }
  const auto out = layer->forward(torch::tensor({{{x[0]}, {x[1]}}}, torch::kDouble), {});
  CHECK(out.state.h[0].item<double>() == Approx(h).epsilon(1e-14));
  CHECK(out.state.c[0].item<double>() == Approx(c).epsilon(1e-14));
  CHECK(out.y[0][1][0].item<double>() == Approx(h).epsilon(1e-14));
}

TEST_CASE("rows of different lengths come out as if each were alone", "[recurrent]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn_tanh");
  INFO(cell);
  Net net(cell);
  const int64_t steps = 5;
  const Tensor lengths = torch::tensor({5, 1, 3, 0}, torch::kLong);
  const Tensor x = random_tensor({4, steps, 3}, 1).set_requires_grad(true);
  const nn::RecurrentState state = random_state(net, 4, cell == "lstm");
  const nn::RecurrentOutput padded = net.layer->forward(x, state, lengths);
  for (int64_t row = 0; row < 4; ++row) {
    const int64_t length = lengths[row].item<int64_t>();
    INFO("length " << length);
    const Tensor y = padded.y.narrow(0, row, 1);
    CHECK(y.narrow(1, length, steps - length).abs().sum().item<double>() == 0);
    const std::vector<Tensor> final = results({y, rows_of(padded.state, row, 1)});
    const nn::RecurrentState own_start = rows_of(state, row, 1);
    if (length == 0) {
      CHECK(max_error(final[1], own_start.h[0]) == 0);
      continue;
    }
    const auto alone =
        results(net.layer->forward(x.narrow(0, row, 1).narrow(1, 0, length), own_start));
    CHECK(max_error(y.narrow(1, 0, length), alone[0]) < kTolerance);
    for (size_t i = 1; i < alone.size(); ++i) CHECK(max_error(final[i], alone[i]) < kTolerance);
  }
  const Tensor gradient = torch::autograd::grad({summary(results(padded))}, {x})[0];
  const Tensor past = torch::arange(steps).unsqueeze(0) >= lengths.unsqueeze(1);
  CHECK(gradient.masked_select(past.unsqueeze(2)).abs().sum().item<double>() == 0);
  CHECK((gradient.abs().sum(2) > 0).equal(past.logical_not()));
}

TEST_CASE("states and lengths are split over an ensemble like the batch", "[recurrent]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn_tanh");
  INFO(cell);
  constexpr int64_t kParts = 3, kRows = 2;
  Net net(cell);
  const Tensor x = random_tensor({kParts * kRows, 4, 3}, 1);
  const Tensor lengths = torch::tensor({4, 2, 1, 3, 4, 4}, torch::kLong);
  const nn::RecurrentState state = random_state(net, kParts * kRows, cell == "lstm");
  const NamedTensors variants = leaf_variants(net.model, kParts);
  std::vector<Tensor> together;
  {
    const EnsembleScope scope(net.model, kParts, variations_of(variants));
    together = results(net.layer->forward(x, state, lengths));
  }
  for (int64_t part = 0; part < kParts; ++part) {
    NamedTensors own;
    for (const auto& [name, tensor] : variants) own.emplace_back(name, tensor.narrow(0, part, 1));
    const EnsembleScope scope(net.model, 1, variations_of(own));
    const int64_t first = part * kRows;
    const auto alone = results(net.layer->forward(
        x.narrow(0, first, kRows), rows_of(state, first, kRows), lengths.narrow(0, first, kRows)));
    for (size_t i = 0; i < alone.size(); ++i) {
      CHECK(max_error(together[i].narrow(0, first, kRows), alone[i]) < kTolerance);
    }
  }
}

TEST_CASE("all steps of a call share one draw of the variants", "[recurrent]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn_tanh");
  Net net(cell);
  int calls = 0;
  Variations counted;
  for (const auto& [name, tensor] : leaf_variants(net.model, 2)) {
    counted[name] = std::make_shared<Counted>(tensor.detach(), &calls);
  }
  const EnsembleScope scope(net.model, 2, counted);
  net.model(random_tensor({4, 6, 3}, 1));
  CHECK(calls == static_cast<int>(counted.size()));
}

TEST_CASE("a cell makes the steps of the layer", "[recurrent]") {
  OneLayer stack(std::make_shared<nn::LstmLayer>(3, 4));
  const auto cell = std::make_shared<nn::LstmCellLayer>(3, 4);
  OneLayer cells(cell);
  stack.initialize(1);
  NamedTensors state = stack.state();
  for (auto& [name, tensor] : state) name = name.substr(0, name.size() - 3);  // without _l0
  cells.load_state(state);
  const Tensor x = random_tensor({2, 3, 3}, 1);
  const Tensor y = stack(x);
  nn::RecurrentState now;
  for (int64_t t = 0; t < 3; ++t) {
    now = cell->forward(x.select(1, t), now);
    CHECK(max_error(now.h[0], y.select(1, t)) < kTolerance);
  }
}

TEST_CASE("recurrent parameters have PyTorch's names, in its order", "[recurrent]") {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : Net("lstm").model.state()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"layer.weight_ih_l0", "layer.weight_hh_l0",
                                          "layer.bias_ih_l0", "layer.bias_hh_l0",
                                          "layer.weight_ih_l1", "layer.weight_hh_l1",
                                          "layer.bias_ih_l1", "layer.bias_hh_l1"});
}

TEST_CASE("a silent unit changes others only through what it feeds", "[recurrent][wiring]") {
  const std::string cell = GENERATE("lstm", "gru", "rnn_tanh");
  const std::string group = GENERATE("layer0", "out");
  INFO(cell << ", " << group);
  const Tensor x = random_tensor({2, 4, 3}, 1);
  const int64_t unit = 2;
  // Nothing comes in ...
  Net deaf(cell);
  silence(*deaf.layer, group, unit);
  // ... against nothing goes out.
  Net mute(cell);
  for (const Wiring& wiring : mute.layer->wiring()) {
    if (wiring.reads != group || wiring.in_dim == Wiring::kNone) continue;
    const torch::NoGradGuard no_grad;
    wiring.parameter.tensor().select(wiring.in_dim, unit).zero_();
  }
  const nn::RecurrentOutput one = deaf.layer->forward(x, {});
  const nn::RecurrentOutput other = mute.layer->forward(x, {});
  const size_t at = group == "out" ? 1 : 0;
  CHECK(one.state.h[at].select(1, unit).abs().sum().item<double>() == 0);
  CHECK(other.state.h[at].select(1, unit).abs().sum().item<double>() > 0);
  for (size_t layer = 0; layer < 2; ++layer) {
    for (int64_t u = 0; u < 4; ++u) {
      if (layer == at && u == unit) continue;
      CHECK(max_error(one.state.h[layer].select(1, u), other.state.h[layer].select(1, u)) <
            kTolerance);
    }
  }
}

TEST_CASE("the LSTM initialisation of the mask study has its moments", "[recurrent]") {
  constexpr int64_t kIn = 80, kHidden = 120;
  nn::RecurrentSettings settings;
  settings.init = nn::RecurrentInit::csordas2021;
  OneLayer model(std::make_shared<nn::LstmLayer>(kIn, kHidden, settings));
  model.initialize(1);
  const NamedTensors state = model.state();
  const auto gate = [&](const char* name, int64_t index) {
    return find(state, name)->narrow(0, index * kHidden, kHidden);
  };
  const auto deviation = [&](const char* name, int64_t index) {
    return gate(name, index).std().item<double>();
  };
  // 80*120 numbers: the deviation is known to 1/sqrt(2*9600) = 0.7 %; 3 % are four of these.
  const double from_x = std::sqrt(1.0 / (kIn + kHidden));
  CHECK(deviation("layer.weight_ih_l0", 0) == Approx(from_x).epsilon(0.03));
  CHECK(deviation("layer.weight_ih_l0", 2) == Approx(5.0 / 3 * from_x).epsilon(0.03));
  CHECK(deviation("layer.weight_hh_l0", 3) == Approx(std::sqrt(0.5 / kHidden)).epsilon(0.03));
  const Tensor cell = gate("layer.weight_hh_l0", 2);
  const Tensor square = torch::eye(kHidden, torch::kDouble) * (25.0 / 18);  // (5/3)^2 / 2
  CHECK(max_error(cell.mm(cell.t()), square) < 1e-5);  // drawn in double, kept in single precision
  for (int64_t index = 0; index < 4; ++index) {
    CHECK((gate("layer.bias_ih_l0", index) == (index == 1 ? 1 : 0)).all().item<bool>());
    CHECK((gate("layer.bias_hh_l0", index) == 0).all().item<bool>());
  }
  settings.layers = 1;
  CHECK_THROWS_WITH(nn::GruLayer(2, 3, settings), Catch::Contains("for LSTMs"));
}

TEST_CASE("lengths, states and inputs that cannot be are refused", "[recurrent]") {
  Net net("lstm");
  const Tensor x = random_tensor({2, 4, 3}, 1);
  const auto with = [&](const Tensor& lengths) { net.layer->forward(x, {}, lengths); };
  CHECK_THROWS_WITH(with(torch::tensor({4, 5}, torch::kLong)), "a length of 5; expected 0 .. 4");
  CHECK_THROWS_WITH(with(torch::tensor({4, -1}, torch::kLong)), "a length of -1; expected 0 .. 4");
  CHECK_THROWS_WITH(with(torch::tensor({4}, torch::kLong)),
                    "lengths of type Long [1]; expected Long [2], one for each row of the batch");
  CHECK_THROWS_WITH(net.layer->forward(x, {{x}, {}}), "lstm: a state of 1 layers for 2");
  const Tensor h = random_tensor({3, 4}, 1);
  CHECK_THROWS_WITH(net.layer->forward(x, {{h, h}, {}}),
                    "an initial state of shape [3, 4]; expected [2, 4]");
  CHECK_THROWS_WITH(net.model(random_tensor({2, 3}, 1)),
                    "layer 'layer' (lstm) takes [n, steps, 3]; it got [2, 3]");
}
