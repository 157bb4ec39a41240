#include "permuted_mnist.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_mnist;
using Catch::Contains;

namespace {

const std::string kData = MODHOST_TEST_DATA "/mnist";

std::shared_ptr<PermutedMnistOptions> options() {
  auto out = std::make_shared<PermutedMnistOptions>();
  out->folder.set(kData);
  return out;
}

}  // namespace

TEST_CASE("the orders of the pixels are numpy's", "[mnist]") {
  const auto known = nlohmann::json::parse(std::ifstream(kData + "/numpy.json")).at("order");
  REQUIRE(known.size() == 3);
  for (const auto& [number, order] : known.items()) {
    CHECK(pixel_order(std::stoll(number)) == order.get<std::vector<int64_t>>());
  }
  const std::vector<int64_t> plain = pixel_order(0);
  REQUIRE(plain.size() == 784);
  for (size_t i = 0; i < plain.size(); ++i) CHECK(plain[i] == static_cast<int64_t>(i));
}

TEST_CASE("each permutation is a task with all images", "[mnist]") {
  const PermutedMnist dataset(options());
  CHECK(dataset.signature().text() == "features [784] -> classes [10]");
  REQUIRE(dataset.tasks().size() == 11);
  CHECK(dataset.tasks()[10].name == "permutation_10");
  const auto plain = dataset.all(Split::test), fifth = dataset.task("permutation_5", Split::test);
  CHECK(fifth->size() == plain->size());
  CHECK(torch::equal(plain->load({0, 1, 2, 3, 4}).input,
                     dataset.task("permutation_0", Split::test)->load({0, 1, 2, 3, 4}).input));
  const Batch was = plain->load({3}), is = fifth->load({3});
  CHECK(torch::equal(was.target, is.target));
  const std::vector<int64_t> order = pixel_order(5);
  CHECK(torch::equal(is.input, was.input.index_select(1, torch::tensor(order))));
  CHECK_FALSE(torch::equal(is.input, was.input));
  CHECK_THROWS_WITH(dataset.task("permutation_11", Split::test), Contains("no task"));
}

TEST_CASE("a network can learn all permutations at once", "[mnist]") {
  const auto given = options();
  given->network.set("all");
  given->permutations.set(3);
  const PermutedMnist dataset(given);
  const auto all = dataset.all(Split::test);
  CHECK(all->size() == 15);
  CHECK(all->groups().at(2) == "permutation_2");
  CHECK(torch::equal(all->load({6}).input,
                     dataset.task("permutation_1", Split::test)->load({1}).input));
}

TEST_CASE("the page of permutations is a picture", "[mnist]") {
  const TestFolder folder;
  PermutedMnist(options()).show(folder.path() / "page.png");
  CHECK(std::filesystem::file_size(folder.path() / "page.png") > 1000);
}
