#include "layer_cases.h"

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

template <typename L, typename... Args>
std::function<std::shared_ptr<Layer>()> maker(Args... args) {
  return [=] { return std::make_shared<L>(args...); };
}

nn::RecurrentSettings stacked(int64_t layers, int64_t biases, double dropout) {
  nn::RecurrentSettings settings;
  settings.layers = layers;
  settings.biases = biases;
  settings.dropout = dropout;
  return settings;
}

nn::AttentionSettings attention(bool bias, double dropout, bool causal) {
  nn::AttentionSettings settings;
  settings.bias = bias;
  settings.dropout = dropout;
  settings.causal = causal;
  return settings;
}

using ops::Conv1dGeometry;
using ops::Conv2dGeometry;
using ops::Sides;

}  // namespace

std::vector<LayerCase> layer_cases() {
  const auto unbiased = ops::LayerNormVariant::unbiased_std;
  return {
      {"linear", maker<nn::LinearLayer>(5, 4), {5}},
      {"linear on inner dimensions", maker<nn::LinearLayer>(5, 4), {3, 2, 5}},
      {"linear without bias", maker<nn::LinearLayer>(5, 4, false), {5}},
      {"conv1d", maker<nn::Conv1dLayer>(2, 3, 3), {2, 6}, 0, 1},
      {"conv1d with all options",
       maker<nn::Conv1dLayer>(4, 6, 3, Conv1dGeometry{2, 2, 2, 2}, false),
       {4, 9},
       0,
       1},
      {"conv2d", maker<nn::Conv2dLayer>(2, 3, 3), {2, 6, 5}, 0, 1},
      {"conv2d with all options",
       maker<nn::Conv2dLayer>(4, 6, Sides{3, 2}, Conv2dGeometry{{2, 1}, {2, 0}, {2, 1}, 2}),
       {4, 9, 8},
       0,
       1},
      {"conv2d of one tap", maker<nn::Conv2dLayer>(3, 4, 1, Conv2dGeometry{2}), {3, 4, 4}, 0, 1},
      {"conv2d large enough for a loop",
       maker<nn::Conv2dLayer>(64, 64, 3, Conv2dGeometry{1, 1}),
       {64, 20, 20},
       0,
       1},
      {"batch_norm1d", maker<nn::BatchNorm1dLayer>(3), {3}, 0, 1},
      {"batch_norm1d of sequences", maker<nn::BatchNorm1dLayer>(3), {3, 4}, 0, 1},
      {"batch_norm2d", maker<nn::BatchNorm2dLayer>(3), {3, 4, 5}, 0, 1},
      {"layer_norm", maker<nn::LayerNormLayer>(7), {2, 7}},
      {"layer_norm by the unbiased deviation",
       maker<nn::LayerNormLayer>(7, 1e-5, unbiased),
       {2, 7}},
      {"group_norm", maker<nn::GroupNormLayer>(2, 6), {6, 3}, 0, 1},
      {"lstm", maker<nn::LstmLayer>(3, 4), {5, 3}, 0, -1, true},
      {"lstm in layers with one bias and dropout",
       maker<nn::LstmLayer>(3, 4, stacked(3, 1, 0.4)),
       {3, 3},
       0,
       -1,
       true},
      {"gru", maker<nn::GruLayer>(3, 4, stacked(2, 2, 0)), {4, 3}, 0, -1, true},
      {"gru without bias", maker<nn::GruLayer>(3, 4, stacked(1, 0, 0)), {4, 3}, 0, -1, true},
      {"rnn", maker<nn::RnnLayer>(3, 4, stacked(2, 2, 0)), {4, 3}, 0, -1, true},
      {"rnn with relu", maker<nn::RnnLayer>(3, 4, stacked(1, 2, 0), "relu"), {4, 3}, 0, -1, true},
      {"lstm_cell", maker<nn::LstmCellLayer>(3, 4), {3}},
      {"gru_cell", maker<nn::GruCellLayer>(3, 4), {3}},
      {"rnn_cell", maker<nn::RnnCellLayer>(3, 4), {3}},
      {"embedding", maker<nn::EmbeddingLayer>(5, 4), {3}, 5},
      {"multihead_attention", maker<nn::MultiheadAttentionLayer>(6, 2), {4, 6}},
      {"multihead_attention, causal, with dropout",
       maker<nn::MultiheadAttentionLayer>(6, 3, attention(false, 0.3, true)),
       {4, 6}},
  };
}

std::vector<LayerCase> plain_layer_cases() {
  return {
      {"dropout", maker<nn::DropoutLayer>(0.4), {3, 5}},
      {"positional_encoding", maker<nn::PositionalEncodingLayer>(5, 0.2), {3, 5}},
      {"relu", maker<nn::ActivationLayer>("relu"), {5}},
      {"softmax", maker<nn::SoftmaxLayer>(), {2, 5}},
      {"max_pool1d", maker<nn::MaxPool1dLayer>(3, 2, 1), {2, 7}},
      {"max_pool2d", maker<nn::MaxPool2dLayer>(Sides{3, 2}, Sides{2, 1}), {2, 7, 6}},
      {"avg_pool2d", maker<nn::AvgPool2dLayer>(2, 0, 1), {2, 6, 4}},
      {"global_avg_pool", maker<nn::GlobalAvgPoolLayer>(), {3, 4, 5}},
      {"flatten", maker<nn::FlattenLayer>(), {3, 4, 5}},
  };
}

OneLayer::OneLayer(std::shared_ptr<Layer> layer) : ModelBase(Build{}), layer_(layer) {
  add_layer("layer", std::move(layer));
  to(torch::kDouble);
}

Tensor OneLayer::forward(const Batch& batch) { return layer_->forward(batch.input); }

double max_error(const Tensor& a, const Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return a.numel() == 0 ? 0 : (a - b).abs().max().item<double>();
}

Tensor random_tensor(std::vector<int64_t> shape, uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn(shape, torch::kDouble);
}

Tensor random_input(const LayerCase& layer_case, int64_t rows, uint64_t seed) {
  std::vector<int64_t> shape{rows};
  shape.insert(shape.end(), layer_case.sample.begin(), layer_case.sample.end());
  if (layer_case.tokens == 0) return random_tensor(shape, seed);
  torch::manual_seed(seed);
  return torch::randint(layer_case.tokens, shape, torch::kLong);
}

NamedTensors leaf_variants(ModelBase& model, int64_t parts, const std::string& which) {
  NamedTensors out;
  uint64_t seed = 100;
  for (const Parameter& parameter : model.parameters()) {
    if (parameter.name().find(which) == std::string::npos) continue;
    std::vector<int64_t> shape{parts};
    const auto sizes = parameter.tensor().sizes();
    shape.insert(shape.end(), sizes.begin(), sizes.end());
    const Tensor value =
        parameter.tensor().detach().unsqueeze(0) + 0.3 * random_tensor(shape, seed++);
    out.emplace_back(parameter.name(), value.detach().set_requires_grad(true));
  }
  return out;
}

Variations variations_of(const NamedTensors& variants) {
  Variations out;
  for (const auto& [name, tensor] : variants) out[name] = given_variants(tensor);
  return out;
}

void silence(Layer& layer, const std::string& group, int64_t unit) {
  const torch::NoGradGuard no_grad;
  for (const Wiring& wiring : layer.wiring()) {
    if (wiring.feeds != group) continue;
    const Tensor& values = wiring.parameter.tensor();
    const int64_t units = layer.units(group);
    for (int64_t i = unit; i < values.size(wiring.out_dim); i += units) {
      values.select(wiring.out_dim, i).zero_();
    }
  }
}

double central_difference(const std::function<double(const Tensor&)>& value, const Tensor& at,
                          const Tensor& along) {
  constexpr double kStep = 1e-6;
  return (value(at + kStep * along) - value(at - kStep * along)) / (2 * kStep);
}
