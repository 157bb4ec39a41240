// The numbers that describe masks, against stored masks of the abstract-reasoning study and against
// hand arithmetic.
#include "mask_metrics.h"

#include <modhost/state_file.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>
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
  const double shared = overlap(circles, squares).io_min();
  CHECK(shared == overlap(squares, circles).io_min());
  CHECK(shared > 0.696 - 1e-3);  // 69.6 .. 94.6 % over all pairs
  CHECK(shared < 0.946 + 1e-3);
  CHECK(overlap(circles, circles).io_min() == 1);
}

TEST_CASE("overlaps count common weights against all, or against the smaller mask", "[metrics]") {
  const NamedTensors a = mask_of({{1, 1, 0, 0}, {1, 0}});
  const NamedTensors b = mask_of({{0, 1, 1, 1}, {1, 0}});
  const Overlap both = overlap(a, b);  // t0[1] and t1[0]; a has 3, b has 4
  CHECK(both.both == 2);
  CHECK(both.io_min() == Approx(2.0 / 3));
  CHECK(both.iou() == Approx(2.0 / 5));
  CHECK(ones(without(a, b)) == 1);
  CHECK(ones(joined(a, b)) == 5);
  CHECK(ones(intersection(a, b)) == 2);
  const Overlap with_empty = overlap(mask_of({{0, 0}}), mask_of({{1, 1}}));
  CHECK(with_empty.io_min() == 0);
  CHECK(with_empty.iou() == 0);
  CHECK(overlap(mask_of({{0, 0}}), mask_of({{0, 0}})).iou() == 0);
}

TEST_CASE("random masks overlap by the product of their densities", "[metrics]") {
  const NamedTensors a = mask_of({{1, 1, 0, 0}, {1, 0}});
  const NamedTensors b = mask_of({{0, 1, 1, 1}, {1, 0}});
  CHECK(random_overlap(a, b, false).mean == Approx(3 * 4 / 6.0));
  CHECK(random_overlap(a, b, true).mean == Approx(2 * 3 / 4.0 + 1 * 1 / 2.0));
}

TEST_CASE("drawn masks have the overlap and the spread that the formula says", "[metrics]") {
  torch::manual_seed(1);
  const Tensor a = (torch::rand({40, 25}) < 0.3).to(torch::kUInt8);
  const int64_t kept_of_b = 600;
  std::vector<double> seen;
  for (int draw = 0; draw < 400; ++draw) {
    Tensor b = torch::zeros({1000}, torch::kUInt8);
    b.index_put_({torch::randperm(1000).slice(0, 0, kept_of_b)}, 1);
    seen.push_back(static_cast<double>(overlap(a, b.view({40, 25})).both));
  }
  const NamedTensors mask{{"x", a}};
  const modhost::RandomOverlap expected = random_overlap(
      mask, {{"x", (torch::arange(1000).view({40, 25}) < kept_of_b).to(torch::kUInt8)}}, true);
  CHECK(modhost::mean(seen) ==
        Approx(expected.mean).margin(4 * std::sqrt(expected.variance / 400)));
  CHECK(modhost::deviation(seen) == Approx(std::sqrt(expected.variance)).epsilon(0.15));
}

TEST_CASE("evenness does not depend on the order of units", "[metrics]") {
  const Tensor two_of_three = torch::tensor({{1, 1}, {0, 0}, {1, 1}}, torch::kUInt8);
  CHECK(evenness(two_of_three) == Approx(std::log(2.0) / std::log(3.0)));
  CHECK(evenness(two_of_three.index_select(0, torch::tensor({2, 0, 1}))) ==
        Approx(evenness(two_of_three)));
  CHECK(evenness(torch::ones({3, 2}, torch::kUInt8)) == Approx(1));
  CHECK(evenness(torch::tensor({{1, 1}, {0, 0}}, torch::kUInt8)) == Approx(0).margin(1e-12));
  CHECK(evenness(torch::zeros({3, 2}, torch::kUInt8)) == 0);
  // weights of the mean: 4 and 1 kept entries
  const NamedTensors mask{{"a", two_of_three}, {"b", torch::tensor({{1}, {0}}, torch::kUInt8)}};
  CHECK(evenness(mask) == Approx(4 * std::log(2.0) / std::log(3.0) / 5));
}

TEST_CASE("the histogram of keep probabilities counts every weight once", "[metrics]") {
  const NamedTensors kept{{"x", torch::tensor({0.0, 0.52, 0.88, 1.0})},
                          {"y", torch::tensor({0.48})}};
  CHECK(histogram(kept, 4) == std::vector<int64_t>{1, 1, 1, 2});
}

TEST_CASE("expected sparsity is one minus the mean keep probability", "[metrics]") {
  const NamedTensors kept{{"x", torch::tensor({0.5, 0.9})}, {"y", torch::tensor({0.1})}};
  CHECK(expected_sparsity(kept) == Approx(0.5));
}

TEST_CASE("dispersity is the spread of kept positions relative to their distance", "[metrics]") {
  // positions 1 and 3: mean 2, squared distances 1 and 1, squared mean 4
  CHECK(dispersity(torch::tensor({0, 1, 0, 1}, torch::kUInt8)) == Approx(1.0 / 4));
  CHECK(dispersity(torch::zeros({5}, torch::kUInt8)) == 0);
}
