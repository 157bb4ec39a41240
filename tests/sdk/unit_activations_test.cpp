// What units do on data, against layers that are called by hand.
#include <modhost/unit_activations.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;

namespace {

class Given : public Source {
 public:
  explicit Given(Tensor input, Tensor length = {})
      : input_(std::move(input)), length_(std::move(length)) {}
  int64_t size() const override { return input_.size(0); }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor rows = torch::tensor(indices);
    Batch batch{input_.index_select(0, rows)};
    if (length_.defined()) batch.input_length = length_.index_select(0, rows);
    return batch;
  }

 private:
  Tensor input_, length_;
};

std::vector<Tensor> activations(Net& net, const Tensor& x, UnitValues values, KernelNorm norm,
                                const Tensor& length = {}) {
  UnitChoice all;
  all.kinds = UnitKinds::all;
  ActivationChoice choice;
  choice.values = values;
  choice.norm = norm;
  choice.batch_size = 3;  // the last batch is smaller
  return unit_activations(net, unit_network(net, all), Given(x, length), choice);
}

}  // namespace

TEST_CASE("units of a perceptron before and after activation", "[units]") {
  Net net(of_features(3, 2));
  auto a = net.push<nn::LinearLayer>(-1, {}, "a", 3, 4);
  net.push<nn::ActivationLayer>(-1, {}, "tanh", "tanh");
  auto b = net.push<nn::LinearLayer>(-1, {}, "b", 4, 2);
  net.initialize(2);
  net.to(torch::kDouble);
  const Tensor x = torch::randn({7, 3}, torch::kDouble);
  const Tensor hidden = a->forward(x);
  const auto read = activations(net, x, UnitValues::read, KernelNorm::l2);
  REQUIRE(read.size() == 3);
  CHECK(largest(read[0], x) == 0);
  CHECK(largest(read[1], hidden.tanh()) < 1e-12);
  CHECK(largest(read[2], b->forward(hidden.tanh())) < 1e-12);
  const auto written = activations(net, x, UnitValues::written, KernelNorm::l2);
  CHECK(largest(written[0], x) == 0);
  CHECK(largest(written[1], hidden) < 1e-12);
}

TEST_CASE("maps of channels become norms", "[units]") {
  Net net(of_images({1, 6, 4}, 2));
  auto conv1 = net.push<nn::Conv2dLayer>(0, {}, "conv1", 1, 3, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::ActivationLayer>(0, {}, "relu", "relu");
  net.push<nn::MaxPool2dLayer>(0, {}, "pool", 2);
  auto conv2 = net.push<nn::Conv2dLayer>(0, {}, "conv2", 3, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  net.push<nn::LinearLayer>(-1, {}, "fc", 12, 2);
  net.initialize(2);
  net.to(torch::kDouble);
  const Tensor x = torch::randn({5, 1, 6, 4}, torch::kDouble);
  const Tensor first = conv1->forward(x), pooled = torch::max_pool2d(first.relu(), 2);
  const Tensor second = conv2->forward(pooled);  // [5, 2, 3, 2]
  const Tensor matrices = first.detach();
  const auto of = [&](UnitValues values, KernelNorm norm) {
    return activations(net, x, values, norm);
  };
  const auto spectral = of(UnitValues::written, KernelNorm::spectral);
  CHECK(largest(spectral[1], at::linalg_svdvals(matrices).select(2, 0)) < 1e-10);
  const auto induced = of(UnitValues::written, KernelNorm::induced1);
  CHECK(largest(induced[1], matrices.abs().sum(2).amax(2)) < 1e-12);
  const auto read = of(UnitValues::read, KernelNorm::l1);
  CHECK(largest(read[1], pooled.abs().sum({2, 3})) < 1e-12);
  CHECK(largest(read[2], second.abs().sum({2, 3})) < 1e-12);  // flattened, read by fc
  CHECK(largest(of(UnitValues::read, KernelNorm::spectral)[2], second.square().sum({2, 3}).sqrt()) <
        1e-12);
}

TEST_CASE("a residual stream is seen as its last reader sees it", "[units]") {
  Net net(of_features(3, 2));
  auto a = net.push<nn::LinearLayer>(-1, {}, "a", 3, 4);
  auto b = net.push<nn::LinearLayer>(-1, {}, "b", 4, 4);
  net.push<nn::LinearLayer>(-1, {"a", "b"}, "c", 4, 2);
  net.initialize(2);
  net.to(torch::kDouble);
  const Tensor x = torch::randn({4, 3}, torch::kDouble);
  const Tensor first = a->forward(x);
  CHECK(largest(activations(net, x, UnitValues::read, KernelNorm::l2)[1],
                first + b->forward(first)) < 1e-12);
}

TEST_CASE("tokens are counted, heads and steps are seen", "[units]") {
  Net net({Input::tokens, {5}, Output::classes, {2}, 7, {}});
  auto embedding = net.add<nn::EmbeddingLayer>("embedding", 7, 4);
  nn::MultiheadAttention attention(
      net.add<nn::MultiheadAttentionLayer>("attention", 4, 2, nn::AttentionSettings{}));
  nn::Linear out(net.add<nn::LinearLayer>("out", 4, 2));
  const nn::Embedding handle(embedding);
  net.join("", "embedding", joint::same(7));
  net.join("embedding", "attention", joint::same(4));
  net.join("attention", "out", joint::same(4));
  net.run = [&](const Tensor& x) { return out(attention(handle(x)).mean(1)); };
  net.initialize(4);
  net.to(torch::kDouble);
  const Tensor x =
      torch::tensor({{0, 1, 1, 6, 2}, {3, 3, 3, 3, 3}, {0, 1, 2, 3, 4}, {6, 5, 6, 5, 6}});
  const auto values = activations(net, x, UnitValues::read, KernelNorm::l1);
  REQUIRE(values.size() == 5);
  CHECK(values[0][0].equal(torch::tensor({1., 2., 1., 0., 0., 0., 1.}, torch::kDouble)));
  CHECK(largest(values[1], embedding->forward(x).abs().sum(1)) < 1e-12);
  REQUIRE(values[2].defined());
  CHECK(values[2].sizes() == torch::IntArrayRef({4, 4}));
  CHECK(largest(values[3], attention(handle(x)).mean(1)) < 1e-12);
}

TEST_CASE("what lies behind the end of a sequence counts nothing", "[units]") {
  Net net({Input::tokens, {4}, Output::classes, {2}, 7, {}});
  auto embedding = net.add<nn::EmbeddingLayer>("embedding", 7, 3);
  nn::Linear out(net.add<nn::LinearLayer>("out", 3, 2));
  const nn::Embedding handle(embedding);
  net.join("", "embedding", joint::same(7));
  net.join("embedding", "out", joint::same(3));
  net.run = [&](const Tensor& x) { return out(handle(x)).select(1, 0); };
  net.initialize(4);
  net.to(torch::kDouble);
  const Tensor x = torch::tensor({{1, 2, 6, 6}, {3, 4, 5, 0}, {2, 6, 6, 6}, {0, 0, 0, 6}});
  const Tensor length = torch::tensor({2, 4, 1, 3});
  const auto values = activations(net, x, UnitValues::read, KernelNorm::l1, length);
  CHECK(values[0][0].equal(torch::tensor({0., 1., 1., 0., 0., 0., 0.}, torch::kDouble)));
  CHECK(values[0][3].equal(torch::tensor({3., 0., 0., 0., 0., 0., 0.}, torch::kDouble)));
  const Tensor vectors = embedding->forward(x).abs();
  CHECK(largest(values[1][0], vectors[0].narrow(0, 0, 2).sum(0)) < 1e-12);
  CHECK(largest(values[1][2], vectors[2][0]) < 1e-12);
}
