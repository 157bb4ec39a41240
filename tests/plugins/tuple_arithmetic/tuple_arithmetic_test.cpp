#include "tuple_arithmetic.h"

#include <modhost/digits.h>
#include <modhost/error.h>
#include <modhost/read_out.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace modhost;
using namespace modhost_tuple_arithmetic;

namespace {

TupleArithmetic dataset_with(const std::string& mode, int64_t digits = 2) {
  auto options = std::make_shared<TupleOptions>();
  options->mode.set(mode);
  options->digits.set(digits);
  options->train.set(50);
  return TupleArithmetic(options);
}

// One pair of two 2-digit numbers as it is shown, [40]; zeros when hidden.
Tensor shown_pair(const Sums& sums, int64_t index, int64_t pair) {
  const Tensor out = torch::zeros({2, 2, 10});
  for (int64_t place = 0; place < 2; ++place) {
    const int64_t number = sums.number(index, pair, place);
    out[place][0][number % 10] = 1;
    out[place][1][number / 10] = 1;
  }
  return out.flatten();
}

// [steps, 80] from what each step shows of both pairs.
Tensor sequence_of(const Sums& sums, int64_t index, const std::vector<std::string>& steps) {
  std::vector<Tensor> rows;
  for (const std::string& shown : steps) {
    const auto part = [&](int64_t pair, char mark) {
      const bool visible = shown.find(mark) != std::string::npos;
      return visible ? shown_pair(sums, index, pair) : torch::zeros({40});
    };
    rows.push_back(torch::cat({part(0, '0'), part(1, '1')}));
  }
  return torch::stack(rows);
}

std::vector<int64_t> numbers_of(const Sums& sums, int64_t index, int64_t pair, int64_t modulus) {
  return {sums.number(index, pair, 0), sums.number(index, pair, 1),
          sums.sum(index, pair) % modulus};
}

const std::vector<std::string> kInTurn = {"0", "0", "0", "1", "1", "1"};
const std::vector<std::string> kBoth(6, "01");

}  // namespace

TEST_CASE("the pairs are those that the paper's program draws with numpy", "[tuple]") {
  const auto known =
      nlohmann::json::parse(std::ifstream(MODHOST_TEST_DATA "/tuple_arithmetic/exercises.json"));
  for (const auto& set : known) {
    CAPTURE(set.at("split"), set.at("digits"));
    const int64_t count = set.at("count"), modulus = power_of_ten(set.at("digits"));
    const uint32_t offset = set.at("split") == "train" ? 0 : set.at("split") == "test" ? 1 : 2;
    const Sums drawn = draw_sums(count, set.at("digits"), 0x12345678 + offset);
    REQUIRE(drawn.size() == count);
    int64_t weighted_sum = 0;
    for (int64_t i = 0; i < count; ++i) {
      const auto first = numbers_of(drawn, i, 0, modulus),
                 second = numbers_of(drawn, i, 1, modulus);
      weighted_sum += i % 1009 *
                      (first[0] * 7 + first[1] * 11 + second[0] * 13 + second[1] * 17 +
                       first[2] * 19 + second[2] * 23);
    }
    CHECK(weighted_sum == set.at("weighted_sum"));
    for (int64_t i = 0; i < 6; ++i) {
      for (int64_t pair = 0; pair < 2; ++pair) {
        CHECK(numbers_of(drawn, i, pair, modulus) ==
              set.at("first").at(i).at(pair).get<std::vector<int64_t>>());
        CHECK(numbers_of(drawn, count - 6 + i, pair, modulus) ==
              set.at("last").at(i).at(pair).get<std::vector<int64_t>>());
      }
    }
  }
}

TEST_CASE("each mode shows the pairs at its steps and reads them where it says", "[tuple]") {
  struct Mode {
    std::string name, signature;
    std::vector<std::string> steps;  // which pairs are shown
    std::vector<int64_t> read_steps, read_places;
  };
  const Mode mode = GENERATE(
      Mode{"passes", "sequence [2, 80] -> digits [4, 10]", {"0", "1"}, {0, 0, 1, 1}, {}},
      Mode{"together", "sequence [6, 80] -> digits [4, 10]", kBoth, {}, {}},
      Mode{"only_one", "sequence [6, 80] -> digits [4, 10]", kInTurn, {}, {}},
      Mode{"only_one_io", "sequence [6, 80] -> digits [4, 10]", kInTurn, {2, 2, 5, 5}, {}},
      Mode{"same_output", "sequence [6, 80] -> digits [4, 10]", kBoth, {2, 2, 5, 5}, {0, 1, 0, 1}});
  CAPTURE(mode.name);
  const TupleArithmetic dataset = dataset_with(mode.name);
  const Signature signature = dataset.signature();
  CHECK(signature.text() == mode.signature);
  CHECK(signature.read_steps == mode.read_steps);
  CHECK(signature.read_places == mode.read_places);
  const Sums sums = draw_sums(50, 2, 0x12345678);
  const Batch batch = dataset.all(Split::train)->load({49, 3, 3});
  for (const auto& [row, index] : {std::pair{0, 49}, {1, 3}, {2, 3}}) {
    CHECK(torch::equal(batch.input[row], sequence_of(sums, index, mode.steps)));
    for (int64_t pair = 0; pair < 2; ++pair) {
      const int64_t sum = sums.number(index, pair, 0) + sums.number(index, pair, 1);
      CHECK(batch.target[row][2 * pair].item<int64_t>() == sum % 10);
      CHECK(batch.target[row][2 * pair + 1].item<int64_t>() == sum / 10 % 10);
    }
  }
}

TEST_CASE("shared inputs carry one pair after the other", "[tuple]") {
  const Sums sums = draw_sums(50, 2, 0x12345678);
  for (const std::string mode : {"same_input", "same_io"}) {
    const TupleArithmetic dataset = dataset_with(mode);
    CHECK(dataset.signature().text() == "sequence [6, 40] -> digits [4, 10]");
    const Tensor input = dataset.all(Split::train)->load({7}).input[0];
    for (int64_t step = 0; step < 6; ++step) {
      CHECK(torch::equal(input[step], shown_pair(sums, 7, step / 3)));
    }
  }
  CHECK(dataset_with("same_input").signature().read_steps.empty());
  CHECK(dataset_with("same_io").signature().step_size() == 20);
}

TEST_CASE("as features both pairs are shown at once", "[tuple]") {
  const TupleArithmetic dataset = dataset_with("features");
  CHECK(dataset.signature().text() == "features [80] -> digits [4, 10]");
  const Sums sums = draw_sums(50, 2, 0x12345678);
  CHECK(torch::equal(dataset.all(Split::train)->load({5}).input, sequence_of(sums, 5, {"01"})));
}

TEST_CASE("in a task one pair counts; a recurrent network learns without seeing the other",
          "[tuple]") {
  const Sums sums = draw_sums(50, 2, 0x12345678);
  for (const std::string mode : {"together", "only_one_io"}) {
    const TupleArithmetic dataset = dataset_with(mode);
    const Batch batch = dataset.task("pair_1", Split::train)->load({4});
    const std::vector<std::string> hidden =
        mode == "together" ? std::vector<std::string>(6, "1")
                           : std::vector<std::string>{"", "", "", "1", "1", "1"};
    CHECK(torch::equal(batch.input[0], sequence_of(sums, 4, hidden)));
    const Tensor all = dataset.all(Split::train)->load({4}).target;
    CHECK(torch::equal(batch.target.slice(1, 2), all.slice(1, 2)));
    CHECK(torch::equal(batch.target.slice(1, 0, 2), torch::full({1, 2}, -1, torch::kLong)));

    const Batch tested = dataset.task("pair_0", Split::test)->load({4});
    const Batch whole = dataset.all(Split::test)->load({4});
    CHECK(torch::equal(tested.input, whole.input));
    CHECK(torch::equal(tested.target.slice(1, 0, 2), whole.target.slice(1, 0, 2)));
    CHECK(tested.target.slice(1, 2).max().item<int64_t>() == -1);
  }
}

TEST_CASE("each pair can be judged by itself, whatever counts in a task", "[tuple]") {
  const TupleArithmetic dataset = dataset_with("passes");
  const Tensor whole = dataset.all(Split::test)->load({4, 1}).target;
  const Tensor hidden = torch::full({2, 2}, -1, torch::kLong);
  for (const auto& source : {dataset.all(Split::test), dataset.task("pair_1", Split::test)}) {
    CHECK(source->alternatives() == std::vector<std::string>{"pair_0", "pair_1"});
    CHECK(torch::equal(source->targets_under(0, {4, 1}),
                       torch::cat({whole.slice(1, 0, 2), hidden}, 1)));
    CHECK(
        torch::equal(source->targets_under(1, {4, 1}), torch::cat({hidden, whole.slice(1, 2)}, 1)));
  }
}

TEST_CASE("in a task a feed-forward network still sees both pairs", "[tuple]") {
  for (const std::string mode : {"passes", "features"}) {
    const TupleArithmetic dataset = dataset_with(mode);
    const Batch all = dataset.all(Split::train)->load({1, 2});
    const Batch task = dataset.task("pair_0", Split::train)->load({1, 2});
    CHECK(torch::equal(task.input, all.input));
    CHECK(task.target.slice(1, 2).max().item<int64_t>() == -1);
  }
}

TEST_CASE("the other of a pair is the other pair", "[tuple]") {
  const TupleArithmetic dataset = dataset_with("together");
  const Batch other = dataset.other("pair_0", Split::test)->load({9});
  CHECK(torch::equal(other.target, dataset.task("pair_1", Split::test)->load({9}).target));
  CHECK_THROWS_WITH(dataset.task("pair_2", Split::test),
                    Catch::Contains("no task 'pair_2'; it has pair_0, pair_1"));
}

TEST_CASE("numbers may have one to four digits in every mode", "[tuple]") {
  TupleOptions names;
  for (const std::string mode : {"features", "passes", "together", "only_one", "only_one_io",
                                 "same_input", "same_output", "same_io"}) {
    for (const int64_t digits : {1, 3, 4}) {
      CAPTURE(mode, digits);
      const TupleArithmetic dataset = dataset_with(mode, digits);
      const Signature signature = dataset.signature();
      const Batch batch = dataset.all(Split::test)->load({0, 1, 2});
      CHECK(batch.input.numel() == 3 * signature.input_size());
      CHECK(batch.target.sizes() == torch::IntArrayRef({3, 2 * digits}));
      CHECK(dataset.chance() == Approx(std::pow(0.01, digits)));
      if (signature.input != Input::sequence) continue;
      const Tensor outputs = torch::zeros({3, 6, signature.step_size()});
      const Tensor steps = outputs.slice(1, 0, signature.input_shape[0]);
      CHECK(read_answer(signature, read_states(signature, steps, Tensor())).sizes() ==
            torch::IntArrayRef({3, 2 * digits, 10}));
    }
  }
  CHECK_THROWS_WITH(
      names.assign("dataset", "tuple_arithmetic", {{"mode", {"pass", "test", false}}}),
      Catch::Contains("dataset.mode") && Catch::Contains("passes"));
}

TEST_CASE("what is said about the pairs is true", "[tuple]") {
  CHECK(TupleArithmetic(std::make_shared<TupleOptions>()).describe() ==
        "1,000,000 exercises (two sums of two numbers modulo 100, mode passes)");
  CHECK(dataset_with("together").chance() == 1e-4);
}
