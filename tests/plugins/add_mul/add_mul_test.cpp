#include "add_mul.h"

#include <modhost/error.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace modhost;
using namespace modhost_add_mul;

namespace {

struct Choice {
  int64_t digits = 2;
  int64_t steps = 0;
  int64_t train = 2000;
};

AddMul dataset_with(const Choice& choice) {
  auto options = std::make_shared<AddMulOptions>();
  options->digits.set(choice.digits);
  options->steps.set(choice.steps);
  options->train.set(choice.train);
  return AddMul(options);
}

// First number, second number, operation, answer.
std::vector<int64_t> row(const Exercises& exercises, int64_t index, int64_t modulus) {
  const auto at = static_cast<size_t>(index);
  return {exercises.numbers[2 * at], exercises.numbers[2 * at + 1], exercises.operation[at],
          exercises.answer(index, modulus)};
}

// Reads a one-hot input of 2-digit numbers back: {first, second, operation}.
std::vector<int64_t> decoded(const Tensor& input) {
  const Tensor digits = input.slice(0, 0, 40).view({4, 10}).argmax(1);
  const auto digit = [&](int64_t at) { return digits[at].item<int64_t>(); };
  REQUIRE(input.sum().item<double>() == 5);  // four digits and the flag
  return {digit(0) + 10 * digit(1), digit(2) + 10 * digit(3),
          input.slice(0, 40, 42).argmax(0).item<int64_t>()};
}

}  // namespace

TEST_CASE("the exercises are those that the paper's program draws with numpy", "[add_mul]") {
  const auto known =
      nlohmann::json::parse(std::ifstream(MODHOST_TEST_DATA "/add_mul/exercises.json"));
  for (const auto& set : known) {
    CAPTURE(set.at("split"), set.at("digits"));
    const int64_t count = set.at("count"), modulus = power_of_ten(set.at("digits"));
    const uint32_t offset = set.at("split") == "train" ? 0 : set.at("split") == "test" ? 1 : 2;
    const Exercises drawn = draw_exercises(count, set.at("digits"), 0x12345678 + offset);
    int64_t multiplications = 0, weighted_sum = 0;
    for (int64_t i = 0; i < count; ++i) {
      const auto values = row(drawn, i, modulus);
      multiplications += values[2];
      weighted_sum += i % 1009 * (values[0] * 7 + values[1] * 11 + values[2] * 13 + values[3]);
    }
    CHECK(multiplications == set.at("multiplications"));
    CHECK(weighted_sum == set.at("weighted_sum"));
    for (int64_t i = 0; i < 8; ++i) {
      CHECK(row(drawn, i, modulus) == set.at("first").at(i).get<std::vector<int64_t>>());
      CHECK(row(drawn, count - 8 + i, modulus) == set.at("last").at(i).get<std::vector<int64_t>>());
    }
  }
}

TEST_CASE("a sample shows its digits and its flag, the lowest digit first", "[add_mul]") {
  const AddMul dataset = dataset_with({});
  CHECK(dataset.signature().text() == "features [42] -> digits [2, 10]");
  const auto source = dataset.all(Split::train);
  const Exercises drawn = draw_exercises(2000, 2, 0x12345678);
  const Batch batch = source->load({0, 5, 1999});
  const std::vector<int64_t> indices = {0, 5, 1999};
  for (int64_t i = 0; i < 3; ++i) {
    const auto expected = row(drawn, indices[i], 100);
    CHECK(decoded(batch.input[i]) == std::vector<int64_t>(expected.begin(), expected.begin() + 3));
    CHECK(batch.target[i][0].item<int64_t>() == expected[3] % 10);
    CHECK(batch.target[i][1].item<int64_t>() == expected[3] / 10);
    CHECK(source->group(indices[i]) == expected[2]);
  }
}

TEST_CASE("each task holds the exercises of its operation, and its other the rest", "[add_mul]") {
  const AddMul dataset = dataset_with({});
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const auto all = dataset.all(split);
    const auto sums = dataset.task("add", split), products = dataset.task("mul", split);
    CHECK(sums->size() + products->size() == all->size());
    CHECK(dataset.other("add", split)->size() == products->size());
    CHECK(dataset.other("mul", split)->size() == sums->size());
    for (int64_t i = 0; i < 20; ++i) {
      CHECK(decoded(sums->load({i}).input[0])[2] == kAdd);
      CHECK(decoded(dataset.other("add", split)->load({i}).input[0])[2] == kMultiply);
      CHECK(products->group(i) == kMultiply);
    }
  }
  CHECK_THROWS_WITH(dataset.task("ad", Split::train),
                    Catch::Contains("no task 'ad'; it has add, mul"));
  CHECK_THROWS_AS(dataset.other("", Split::train), Error);
}

TEST_CASE("every exercise tells what it would be under either operation", "[add_mul]") {
  const AddMul dataset = dataset_with({});
  const auto all = dataset.all(Split::train), sums = dataset.task("add", Split::train);
  CHECK(all->alternatives() == std::vector<std::string>{"add", "mul"});
  CHECK(sums->alternatives() == all->alternatives());
  const std::vector<int64_t> indices = {0, 5, 1999};
  const Batch asked = all->load(indices);
  for (int64_t i = 0; i < 3; ++i) {
    const auto shown = decoded(asked.input[i]);
    const int64_t sum = (shown[0] + shown[1]) % 100, product = shown[0] * shown[1] % 100;
    for (const auto& [operation, answer] : {std::pair{0, sum}, {1, product}}) {
      const Tensor target = all->targets_under(operation, indices)[i];
      CHECK(torch::equal(target, torch::tensor({answer % 10, answer / 10})));
    }
  }
  CHECK(torch::equal(sums->targets_under(kAdd, {3, 1}), sums->load({3, 1}).target));
  CHECK_FALSE(torch::equal(sums->targets_under(kMultiply, {3, 1}), sums->load({3, 1}).target));
}

TEST_CASE("with steps the same vector is shown at each", "[add_mul]") {
  const AddMul dataset = dataset_with({2, 3});
  CHECK(dataset.signature().text() == "sequence [3, 42] -> digits [2, 10]");
  CHECK(dataset.signature().read_steps.empty());
  const Batch plain = dataset_with({}).all(Split::train)->load({3, 1});
  const Batch batch = dataset.all(Split::train)->load({3, 1});
  CHECK(torch::equal(batch.input, plain.input.unsqueeze(1).expand({2, 3, 42})));
  CHECK(torch::equal(batch.target, plain.target));
}

TEST_CASE("numbers may have one to four digits", "[add_mul]") {
  for (const int64_t digits : {1, 3, 4}) {
    const AddMul dataset = dataset_with({digits});
    const Batch batch = dataset.all(Split::test)->load({7});
    CHECK(batch.input.size(1) == 20 * digits + 2);
    CHECK(batch.input.sum().item<double>() == 2 * digits + 1);
    CHECK(batch.target.size(1) == digits);
    CHECK(dataset.chance() == Approx(std::pow(0.1, digits)));
  }
  AddMulOptions options;
  for (const int64_t digits : {0, 5}) {
    CHECK_THROWS_WITH(options.assign("dataset", "add_mul", {{"digits", {digits, "test", false}}}),
                      Catch::Contains("dataset.digits") && Catch::Contains("1 .. 4"));
  }
}

TEST_CASE("what is said about the exercises is true", "[add_mul]") {
  CHECK(AddMul(std::make_shared<AddMulOptions>()).describe() ==
        "1,000,000 exercises (add or multiply two numbers of 2 digits, answer modulo 100)");
  CHECK(dataset_with({1, 0, 50}).describe() ==
        "50 exercises (add or multiply two numbers of 1 digit, answer modulo 10)");
  CHECK(dataset_with({}).chance() == 0.01);
}
