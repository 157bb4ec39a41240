// The numbers that describe masks, against stored masks of the abstract-reasoning study and against
// hand arithmetic.
#include "mask_metrics.h"

#include <modhost/state_file.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace modhost_diffmask;

namespace {

NamedTensors stored(const std::string& task) {
  return modhost::load_npz(std::string(MODHOST_TEST_DATA) + "/scl/mask_SCL_50_" + task + ".npz");
}

NamedTensors mask_of(std::vector<std::vector<uint8_t>> tensors) {
  NamedTensors out;
  for (size_t i = 0; i < tensors.size(); ++i) {
    out.emplace_back("t" + std::to_string(i), torch::tensor(tensors[i], torch::kUInt8));
  }
  return out;
}

}  // namespace

TEST_CASE("stored masks have the published size, sparsity and dispersity", "[metrics]") {
  std::ifstream file(std::string(MODHOST_TEST_DATA) + "/scl/expected_mask_metrics_SCL_50.json");
  const auto expected = nlohmann::json::parse(file)["models"]["SCL_50"]["masks"];
  for (const std::string task : {"circles", "squares", "triangles"}) {
    INFO(task);
    const NamedTensors mask = stored(task);
    const auto& truth = expected[task];
    CHECK(ones(mask) == truth["ones"].get<int64_t>());
    CHECK(size(mask) == truth["numel"].get<int64_t>());
    // the reference computed this in float
    CHECK(100 * sparsity(mask) == Approx(truth["sparsity_percent"].get<double>()).epsilon(1e-7));
    CHECK(dispersity(mask) == Approx(truth["dispersity"].get<double>()).epsilon(1e-9));
    for (const auto& [name, bits] : mask) {
      INFO(name);
      const auto& tensor = truth["per_tensor"][name];
      CHECK(ones({{name, bits}}) == tensor["ones"].get<int64_t>());
      CHECK(dispersity(bits) ==
            Approx(tensor["normed_var"].get<double>()).epsilon(1e-9).margin(1e-12));
    }
  }
}

TEST_CASE("raw sharing of stored masks lies in the published range", "[metrics]") {
  const NamedTensors circles = stored("circles"), squares = stored("squares");
  const double shared = sharing(circles, squares);
  CHECK(shared == sharing(squares, circles));
  CHECK(shared > 0.696 - 1e-3);  // 69.6 .. 94.6 % over all pairs
  CHECK(shared < 0.946 + 1e-3);
  CHECK(sharing(circles, circles) == 1);
}

TEST_CASE("sharing counts common weights against the smaller mask", "[metrics]") {
  const NamedTensors a = mask_of({{1, 1, 0, 0}, {1, 0}});
  const NamedTensors b = mask_of({{0, 1, 1, 1}, {1, 0}});
  CHECK(sharing(a, b) == Approx(2.0 / 3));                // t0[1] and t1[0]; a has 3
  CHECK(random_sharing(a, b, false) == Approx(4.0 / 6));  // density of the larger
  CHECK(random_sharing(a, b, true) == Approx((2 * 3 / 4.0 + 1 * 1 / 2.0) / 3));
  CHECK(ones(without(a, b)) == 1);
  CHECK(sharing(mask_of({{0, 0}}), mask_of({{1, 1}})) == 0);
}

TEST_CASE("random masks of the same size share what the formula says", "[metrics]") {
  torch::manual_seed(1);
  const NamedTensors a{{"x", (torch::rand({300, 300}) < 0.3).to(torch::kUInt8)}};
  const NamedTensors b{{"x", (torch::rand({300, 300}) < 0.6).to(torch::kUInt8)}};
  CHECK(sharing(a, b) == Approx(random_sharing(a, b, true)).margin(0.02));
}

TEST_CASE("expected sparsity is one minus the mean keep probability", "[metrics]") {
  const NamedTensors logits{{"x", torch::tensor({0.0F, 2.0F})}};
  CHECK(expected_sparsity(logits) == Approx(1 - (0.5 + 1 / (1 + std::exp(-2.0))) / 2));
}

TEST_CASE("dispersity is the spread of kept positions relative to their distance", "[metrics]") {
  // positions 1 and 3: mean 2, squared distances 1 and 1, squared mean 4
  CHECK(dispersity(torch::tensor({0, 1, 0, 1}, torch::kUInt8)) == Approx(1.0 / 4));
  CHECK(dispersity(torch::zeros({5}, torch::kUInt8)) == 0);
}
