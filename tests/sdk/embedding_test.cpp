// Embeddings, with padding, under ensembles, and tied to the output layer.
#include <modhost/error.h>

#include <catch2/catch.hpp>

#include "layer_cases.h"

using namespace modhost;

namespace {

class TiedModel : public ModelBase {
 public:
  TiedModel() : ModelBase(Build{}) {
    embedding_ = add<nn::Embedding>("embedding", 5, 4);
    out_ = add<nn::TiedLinear>("out", *embedding_.layer(), 0.5, true);
    to(torch::kDouble);
  }
  Tensor forward(const Batch& batch) override { return out_(embedding_(batch.input)); }

 private:
  nn::Embedding embedding_;
  nn::TiedLinear out_;
};

const Tensor kTokens = torch::tensor({{0, 3}, {2, 2}, {4, 1}, {3, 3}}, torch::kLong);

}  // namespace

TEST_CASE("each part of the batch reads its own table", "[embedding]") {
  OneLayer model(std::make_shared<nn::EmbeddingLayer>(5, 4));
  const Tensor tables = random_tensor({2, 5, 4}, 1);
  const EnsembleScope scope(model, 2, {{"layer.weight", given_variants(tables)}});
  const Tensor y = model(kTokens);
  CHECK(max_error(y[1][0], tables[0][2]) == 0);
  CHECK(max_error(y[2][0], tables[1][4]) == 0);
  CHECK(max_error(y[3][1], tables[1][3]) == 0);
}

TEST_CASE("the padding token starts as zero and has no gradient", "[embedding]") {
  OneLayer model(std::make_shared<nn::EmbeddingLayer>(5, 4, 2));
  model.initialize(1);
  const Tensor& table = model.parameters()[0].tensor();
  for (int64_t token = 0; token < 5; ++token) {
    CHECK((table[token].abs().sum().item<double>() == 0) == (token == 2));
  }
  const Tensor each = torch::arange(5).unsqueeze(0);
  Tensor plain = random_tensor({5, 4}, 1).set_requires_grad(true);
  const Tensor row =
      torch::autograd::grad({ops::embedding(each, WeightView(plain), 2).sum()}, {plain})[0];
  CHECK(row[2].abs().sum().item<double>() == 0);
  Tensor tables = random_tensor({2, 5, 4}, 1).set_requires_grad(true);
  const EnsembleScope scope(model, 2, {{"layer.weight", given_variants(tables)}});
  const Tensor all = torch::arange(5).repeat({2, 1});
  const Tensor gradient = torch::autograd::grad({model(all).sum()}, {tables})[0];
  CHECK(gradient.select(1, 2).abs().sum().item<double>() == 0);
  CHECK(gradient.sum().item<double>() == 2 * 4 * 4);  // two tables, four tokens, four features
}

TEST_CASE("tied weights are one parameter with one set of variants", "[embedding]") {
  TiedModel model;
  model.initialize(1);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : model.state()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"embedding.weight", "out.bias"});

  Tensor tables = random_tensor({2, 5, 4}, 1).set_requires_grad(true);
  const EnsembleScope scope(model, 2, {{"embedding.weight", given_variants(tables)}});
  const Tensor y = model.forward({kTokens});
  const Tensor first = torch::embedding(tables[0], kTokens.narrow(0, 0, 2));
  const Tensor second = torch::embedding(tables[1], kTokens.narrow(0, 2, 2));
  const Tensor expected =
      0.5 * torch::cat({torch::matmul(first, tables[0].t()), torch::matmul(second, tables[1].t())});
  CHECK(max_error(y, expected) < 1e-13);
  const Tensor direction = random_tensor(y.sizes().vec(), 2);
  CHECK(max_error(torch::autograd::grad({y}, {tables}, {direction})[0],
                  torch::autograd::grad({expected}, {tables}, {direction})[0]) < 1e-12);
}

TEST_CASE("tokens that cannot be are refused", "[embedding]") {
  OneLayer model(std::make_shared<nn::EmbeddingLayer>(5, 4));
  CHECK_THROWS_WITH(model(torch::tensor({{1, 5}}, torch::kLong)),
                    "token 5 is not in the vocabulary 0 .. 4");
  CHECK_THROWS_WITH(model(torch::tensor({{1, -2}}, torch::kLong)),
                    "token -2 is not in the vocabulary 0 .. 4");
  CHECK_THROWS_WITH(
      model(random_tensor({2, 3}, 1)),
      "layer 'layer' (embedding) takes tokens [n, ...] of type Long; it got [2, 3] of type Double");
  CHECK_THROWS_WITH(nn::EmbeddingLayer(5, 4, 5),
                    "embedding: the padding token 5 is not below 5, the size of the vocabulary");
}
