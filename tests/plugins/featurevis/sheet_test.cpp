// Pages of pictures.
#include "sheet.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "nets.h"

using namespace modhost_featurevis;
using namespace modhost_featurevis::test;

TEST_CASE("inputs become bytes", "[sheet]") {
  const Tensor low = torch::tensor({0.0, -1.0, 2.0}, torch::kDouble).view({3, 1, 1});
  const Tensor high = torch::tensor({1.0, 1.0, 2.0}, torch::kDouble).view({3, 1, 1});
  const Tensor input = torch::tensor({0.0, 1.0, 0.0, 5.0, 2.0, 2.0}).view({3, 1, 2});
  const Tensor found = grey_or_colour(input, low, high);
  CHECK(torch::equal(found,
                     torch::tensor({0, 255, 128, 255, 0, 0}).view({3, 1, 2}).to(torch::kByte)));
  const Tensor two =
      grey_or_colour(input.narrow(0, 0, 2), low.narrow(0, 0, 2), high.narrow(0, 0, 2));
  CHECK(torch::equal(two, torch::tensor({0, 255, 128, 255}).view({1, 1, 4}).to(torch::kByte)));
}

TEST_CASE("blue is below 0, red above", "[sheet]") {
  const Tensor numbers = torch::tensor({-1.0, 0.0, 0.5}, torch::kDouble).view({1, 1, 3});
  const Tensor found = blue_to_red(numbers).to(torch::kLong);
  CHECK(found[2][0][0].item<int64_t>() > 200);
  CHECK(found[0][0][0].item<int64_t>() < 60);
  CHECK(torch::equal(found.select(2, 1).flatten(), torch::tensor({255, 255, 255})));
  CHECK(found[0][0][2].item<int64_t>() > 200);
  CHECK(found[2][0][2].item<int64_t>() < 170);
  CHECK(blue_to_red(torch::zeros({2, 2, 2})).min().item<int64_t>() == 255);
}

TEST_CASE("a page has no more rows than a person can look at", "[sheet]") {
  const auto path =
      std::filesystem::temp_directory_path() / ("sheet_test_" + std::to_string(getpid()) + ".png");
  const Tile tile{torch::zeros({1, 5, 7}, torch::kByte), 0.5, 12};
  const std::vector<SheetRow> rows(50, {3, {tile}, std::vector<Tile>(25, tile)});
  CHECK(write_sheet(path, rows) == 40);
  CHECK(std::filesystem::file_size(path) > 1000);
  CHECK(write_sheet(path, {{0, {tile, tile}, {}}}) == 1);
  const Tile large{torch::zeros({3, 9000, 4}, torch::kByte), -1, -1};
  CHECK(write_sheet(path, {{0, {large}, {}}, {1, {large}, {}}, {2, {large}, {}}}) == 1);
  std::filesystem::remove(path);
}
