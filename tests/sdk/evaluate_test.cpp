#include <modhost/evaluate.h>
#include <modhost/nn.h>
#include <modhost/subset.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

// Sample i shows the digits that the network is to put out as they are, and asks for the sum or the
// product of two numbers. Both answers of sample 0 are 4.
struct Row {
  int64_t shown, sum, product;
  bool multiplies;
};
const std::vector<Row> kRows = {
    {4, 4, 4, false},  // right under both
    {5, 5, 6, false},  // the sum, asked for
    {6, 5, 6, false},  // the product, though the sum was asked for
    {1, 5, 6, false},  // neither
    {6, 5, 6, true},   // the product, asked for
    {9, 7, 2, true},   // neither
};

class Sums : public Source {
 public:
  int64_t size() const override { return static_cast<int64_t>(kRows.size()); }
  Batch load(const std::vector<int64_t>& indices) const override {
    Batch out{torch::zeros({static_cast<int64_t>(indices.size()), 10}),
              targets(indices, [](auto& row) { return row.multiplies ? row.product : row.sum; })};
    for (size_t i = 0; i < indices.size(); ++i) {
      out.input[static_cast<int64_t>(i)][kRows.at(static_cast<size_t>(indices[i])).shown] = 1;
    }
    return out;
  }
  std::vector<std::string> groups() const override { return {"add", "mul"}; }
  int64_t group(int64_t index) const override {
    return kRows.at(static_cast<size_t>(index)).multiplies;
  }
  std::vector<std::string> alternatives() const override { return groups(); }
  Tensor targets_under(int64_t alternative, const std::vector<int64_t>& indices) const override {
    return targets(indices, [&](auto& row) { return alternative == 0 ? row.sum : row.product; });
  }

 private:
  template <typename F>
  static Tensor targets(const std::vector<int64_t>& indices, const F& answer) {
    std::vector<int64_t> out;
    for (const int64_t index : indices) out.push_back(answer(kRows.at(static_cast<size_t>(index))));
    return torch::tensor(out).view({-1, 1});
  }
};

// The identity, through a weight that can be varied.
class Echo : public ModelBase {
 public:
  explicit Echo(const Build& build)
      : ModelBase(build), out_(add<nn::Linear>("out", 10, 10, false)) {
    const torch::NoGradGuard no_grad;
    parameters().front().tensor().copy_(torch::eye(10));
  }
  Tensor forward(const Batch& batch) override { return out_(batch.input).view({-1, 1, 10}); }

 private:
  nn::Linear out_;
};

Echo echo() {
  Build build;
  build.signature.input_shape = {10};
  build.signature.output = Output::digits;
  build.signature.output_shape = {1, 10};
  return Echo(build);
}

Tensor table(std::vector<int64_t> cells) { return torch::tensor(cells).view({2, 3}); }

}  // namespace

TEST_CASE("answers are counted under each alternative that they are right under", "[evaluate]") {
  Echo network = echo();
  EvaluateOptions options;
  options.batch_size = 4;
  CHECK_FALSE(evaluate(network, Sums(), options).answers.defined());
  options.answers = true;
  const Evaluation found = evaluate(network, Sums(), options);
  CHECK(torch::equal(found.answers, table({2, 2, 1, 0, 1, 1})));
  CHECK(found.accuracy == Approx(3.0 / 6));

  // The second variant puts out the same logit for all digits: 0 is the answer to everything.
  const Tensor weight = network.parameters().front().tensor();
  const Variations variations{
      {"out.weight", given_variants(torch::stack({weight, torch::zeros_like(weight)}))}};
  const auto both = evaluate(network, Sums(), 2, variations, options);
  CHECK(torch::equal(both[0].answers, found.answers));
  CHECK(torch::equal(both[1].answers, table({0, 0, 4, 0, 0, 2})));
}

TEST_CASE("a subset passes the alternatives of its samples on", "[evaluate]") {
  Echo network = echo();
  EvaluateOptions options;
  options.answers = true;
  const auto part = subset(std::make_shared<Sums>(), {4, 2, 2});
  CHECK(part->alternatives() == std::vector<std::string>{"add", "mul"});
  CHECK(torch::equal(part->targets_under(0, {2, 0}), torch::tensor({5, 5}).view({2, 1})));
  CHECK(torch::equal(evaluate(network, *part, options).answers, table({0, 2, 0, 0, 1, 0})));
}

TEST_CASE("without alternatives there are no answers to count", "[evaluate]") {
  class Plain : public Sums {
    std::vector<std::string> alternatives() const override { return {}; }
  };
  Echo network = echo();
  EvaluateOptions options;
  options.answers = true;
  CHECK_FALSE(evaluate(network, Plain(), options).answers.defined());
  // Nobody says otherwise: the target itself.
  CHECK(torch::equal(Plain().Source::targets_under(1, {1, 4}), torch::tensor({5, 6}).view({2, 1})));
}

namespace {

// Three real values; the network is to put out what it is shown, halved.
class Halves : public Source {
 public:
  int64_t size() const override { return 2; }
  Batch load(const std::vector<int64_t>& indices) const override {
    const Tensor shown = torch::tensor({{2., 4., 6.}, {0., 2., 8.}}).to(torch::kFloat);
    const Tensor chosen = shown.index_select(0, torch::tensor(indices));
    return {chosen, chosen / 2};
  }
  std::vector<std::string> output_groups() const override { return {"first", "all"}; }
  Tensor outputs_of_groups() const override {
    return torch::tensor({1, 1, 0, 1, 1, 1}).view({2, 3}).to(torch::kBool);
  }
};

class Gain : public ModelBase {
 public:
  explicit Gain(const Build& build) : ModelBase(build), out_(add<nn::Linear>("out", 3, 3, false)) {
    const torch::NoGradGuard no_grad;
    parameters().front().tensor().copy_(torch::eye(3));
  }
  Tensor forward(const Batch& batch) override { return out_(batch.input); }

 private:
  nn::Linear out_;
};

}  // namespace

TEST_CASE("groups of real-valued outputs have losses of their own", "[evaluate]") {
  Gain network(Build{Signature{Input::features, {3}, Output::values, {3}}, {}, {}});
  const Tensor weight = network.parameters().front().tensor();
  const Variations variations{{"out.weight", given_variants(torch::stack({weight, weight / 2}))}};
  const auto found = evaluate(network, Halves(), 2, variations, {});
  // Errors of the first variant: 1 2 3 and 0 1 4.
  CHECK(found[0].output_group_loss.at("first") == Approx((1 + 4 + 0 + 1) / 4.0 / 2));
  CHECK(found[0].output_group_loss.at("all") == Approx((1 + 4 + 9 + 0 + 1 + 16) / 6.0 / 2));
  CHECK(found[0].output_group_loss.at("all") == Approx(found[0].loss));
  CHECK(found[1].output_group_loss.at("first") == Approx(0).margin(1e-12));
  const auto part = subset(std::make_shared<Halves>(), {1});
  CHECK(evaluate(network, *part, {}).output_group_loss.at("first") == Approx(1 / 2.0 / 2));
}

TEST_CASE("without losses the rest of an evaluation is the same", "[evaluate]") {
  Echo network = echo();
  const Tensor weight = network.parameters().front().tensor();
  const Variations variations{
      {"out.weight", given_variants(torch::stack({weight, torch::zeros_like(weight), -weight}))}};
  EvaluateOptions with, without;
  with.batch_size = without.batch_size = 4;
  with.answers = without.answers = true;
  without.loss = false;
  const auto expected = evaluate(network, Sums(), 3, variations, with);
  const auto found = evaluate(network, Sums(), 3, variations, without);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(found[i].accuracy == expected[i].accuracy);
    CHECK(found[i].group_accuracy == expected[i].group_accuracy);
    CHECK(found[i].samples == expected[i].samples);
    CHECK(torch::equal(found[i].answers, expected[i].answers));
    CHECK(found[i].loss == 0);
    CHECK(expected[i].loss > 0.1);
  }
  CHECK(found[0].accuracy != found[1].accuracy);
}

TEST_CASE("real values have nothing but their loss, which is told in any case", "[evaluate]") {
  Gain network(Build{Signature{Input::features, {3}, Output::values, {3}}, {}, {}});
  EvaluateOptions without;
  without.loss = false;
  const Evaluation found = evaluate(network, Halves(), without);
  CHECK(found.loss == Approx((1 + 4 + 9 + 0 + 1 + 16) / 6.0 / 2));
  CHECK(found.output_group_loss.at("all") == Approx(found.loss));
}
