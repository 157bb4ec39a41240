#include <modhost/error.h>
#include <modhost/read_out.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

// Element [row, step, unit] is 100 row + 10 step + unit.
Tensor numbered(int64_t rows, int64_t steps, int64_t units) {
  const auto counted = [](int64_t count) { return torch::arange(count, torch::kFloat); };
  return 100 * counted(rows).view({-1, 1, 1}) + 10 * counted(steps).view({1, -1, 1}) +
         counted(units).view({1, 1, -1});
}

Signature digits_read_at(std::vector<int64_t> steps, std::vector<int64_t> places = {}) {
  Signature out{Input::sequence, {6, 3}, Output::digits, {4, 2}};
  out.read_steps = std::move(steps);
  out.read_places = std::move(places);
  return out;
}

Tensor row_of(std::vector<float> values) { return torch::tensor(values).view({4, 2}); }

}  // namespace

TEST_CASE("without named steps the last one is read", "[read_out]") {
  const Signature signature = digits_read_at({});
  const Tensor states = read_states(signature, numbered(2, 6, 8), Tensor());
  CHECK(states.sizes() == torch::IntArrayRef({2, 1, 8}));
  const Tensor answer = read_answer(signature, states);
  CHECK(torch::equal(answer[1], row_of({150, 151, 152, 153, 154, 155, 156, 157})));
  const Tensor length = torch::tensor({2, 6}, torch::kLong);
  CHECK(read_states(signature, numbered(2, 6, 8), length)[0][0][3].item<float>() == 13);
}

TEST_CASE("each place is read at its step", "[read_out]") {
  const Signature signature = digits_read_at({2, 2, 5, 5});
  const Tensor states = read_states(signature, numbered(2, 6, 8), Tensor());
  CHECK(states.sizes() == torch::IntArrayRef({2, 2, 8}));
  CHECK(torch::equal(read_answer(signature, states)[0], row_of({20, 21, 22, 23, 54, 55, 56, 57})));
  CHECK(signature.step_size() == 8);
}

TEST_CASE("places put out at a step can serve several places of the answer", "[read_out]") {
  const Signature signature = digits_read_at({2, 2, 5, 5}, {0, 1, 0, 1});
  CHECK(signature.step_size() == 4);
  for (const int64_t width : {4, 8}) {  // what a network puts out beyond is not read
    const Tensor states = read_states(signature, numbered(2, 6, width), Tensor());
    CHECK(
        torch::equal(read_answer(signature, states)[0], row_of({20, 21, 22, 23, 50, 51, 52, 53})));
  }
}

TEST_CASE("a step beyond the last is refused", "[read_out]") {
  CHECK_THROWS_WITH(read_states(digits_read_at({0, 0, 0, 6}), numbered(1, 6, 8), Tensor()),
                    Catch::Contains("step 6") && Catch::Contains("6 steps"));
}
