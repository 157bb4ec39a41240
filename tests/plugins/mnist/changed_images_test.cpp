// The changes of image_changes.h as options of a dataset that is read from files.
#include <modhost/error.h>
#include <modhost/idx.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "../../core/test_folder.h"
#include "mnist.h"

using namespace modhost;
using namespace modhost_mnist;
using Catch::Contains;

namespace {

using Given = std::shared_ptr<Mnist::OptionsType>;

// Image i is all of brightness i; label i mod 10.
void write_flat(const std::filesystem::path& folder, int64_t images) {
  for (const std::string name : {"train", "t10k"}) {
    LabelledImages all{{1, 28, 28}, {}, {}};
    for (int64_t i = 0; i < images; ++i) {
      all.pixels.insert(all.pixels.end(), 784, static_cast<uint8_t>(i));
      all.labels.push_back(static_cast<uint8_t>(i % 10));
    }
    write_idx_files(all, folder / name);
  }
}

Given options(const TestFolder& folder) {
  write_flat(folder.path(), 200);
  auto out = std::make_shared<Mnist::OptionsType>();
  out->folder.set(folder.path().string());
  out->normalise.set("unit");
  return out;
}

Batch everything(const Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return source.load(indices);
}

// The brightness of channel or half `part` of sample i, as a byte.
int64_t level(const Tensor& half) { return (half.max() * 255).round().item<int64_t>(); }

}  // namespace

TEST_CASE("stacked digits are told by their sum, within each split", "[mnist]") {
  const TestFolder folder;
  const Given given = options(folder);
  given->changes.compose.set("stacked");
  const Mnist dataset(given);
  CHECK(dataset.signature().text() == "image [2, 28, 28] -> classes [10]");
  CHECK(dataset.tasks()[3].name == "without_sum_3");
  const std::vector<bool> trains = paper_split(200);
  for (const Split split : {Split::train, Split::validation}) {
    const Batch batch = everything(*dataset.all(split));
    for (int64_t i = 0; i < batch.size(); ++i) {
      const int64_t first = level(batch.input[i][0]), second = level(batch.input[i][1]);
      CHECK(batch.target[i].item<int64_t>() == (first + second) % 10);
      CHECK(trains[static_cast<size_t>(first)] == (split == Split::train));
      CHECK(trains[static_cast<size_t>(second)] == (split == Split::train));
    }
  }
  CHECK(dataset.all(Split::test)->size() == 200);
  const Tensor left = everything(*dataset.other("without_sum_3", Split::test)).target;
  CHECK((left == 3).all().item<bool>());
}

TEST_CASE("stacked images of a class keep their place", "[mnist]") {
  const TestFolder folder;
  const Given given = options(folder);
  given->changes.compose.set("stacked_same");
  given->classes.set({"3", "7"});
  const Mnist dataset(given);
  CHECK(dataset.signature().text() == "image [2, 28, 28] -> classes [2]");
  CHECK(dataset.tasks()[1].name == "without_7");
  const Batch batch = everything(*dataset.all(Split::test));
  REQUIRE(batch.size() == 40);
  for (int64_t i = 0; i < 40; ++i) {
    const int64_t first = level(batch.input[i][0]), second = level(batch.input[i][1]);
    CHECK(first == (i / 2) * 10 + (i % 2 == 0 ? 3 : 7));
    CHECK(second % 10 == first % 10);
    CHECK(batch.target[i].item<int64_t>() == i % 2);
  }
}

TEST_CASE("halves are white where the image is brightest", "[mnist]") {
  const TestFolder folder;
  const Given given = options(folder);
  given->changes.compose.set("halves_same");
  const Mnist dataset(given);
  CHECK(dataset.signature().text() == "image [1, 28, 28] -> classes [10]");
  const Batch batch = everything(*dataset.all(Split::test));
  for (int64_t i = 1; i < 200; ++i) CHECK(level(batch.input[i].slice(2, 0, 14)) == 255);
  CHECK(level(batch.input[0].slice(2, 0, 14)) == 0);
}

TEST_CASE("small digits in three channels, measured after the change", "[mnist]") {
  const TestFolder folder;
  const Given given = options(folder);
  given->changes.resize.set(7);
  given->changes.tile.set(3);
  given->normalise.set("data");
  given->split.set("whole");
  const Mnist dataset(given);
  CHECK(dataset.signature().text() == "image [3, 7, 7] -> classes [10]");
  CHECK_THAT(dataset.describe(), Contains("7x7 pixels, 3 equal channels, from "));
  const Tensor input = everything(*dataset.all(Split::train)).input;
  for (int64_t channel = 0; channel < 3; ++channel) {
    CHECK(input.select(1, channel).mean().item<double>() == Approx(0).margin(1e-5));
    CHECK(input.select(1, channel).std().item<double>() == Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("random labels belong to no image", "[mnist]") {
  const TestFolder folder;
  const Given given = options(folder);
  given->changes.random_labels.set(true);
  const Mnist dataset(given);
  CHECK(dataset.tasks()[0].name == "without_label_0");
  const Batch batch = everything(*dataset.all(Split::test));
  int64_t kept = 0;
  for (int64_t i = 0; i < 200; ++i) {
    CHECK(level(batch.input[i]) == i);
    kept += batch.target[i].item<int64_t>() == i % 10;
  }
  CHECK(kept < 45);  // 20 expected, deviation 4.2
  given->seed.set(7);
  CHECK(!torch::equal(everything(*Mnist(given).all(Split::test)).target, batch.target));
}

TEST_CASE("changed images are written as MNIST is, and read again", "[mnist]") {
  const TestFolder folder, copy;
  const Given given = options(folder);
  given->changes.compose.set("halves");
  given->train.set(30);
  const Mnist dataset(given);
  dataset.export_to(copy.path());
  auto again = std::make_shared<Mnist::OptionsType>();
  again->folder.set(copy.path().string());
  again->normalise.set("unit");
  again->split.set("whole");
  const Batch read = everything(*Mnist(again).all(Split::train));
  const Batch train = everything(*dataset.all(Split::train));
  const Batch held = everything(*dataset.all(Split::validation));
  CHECK(torch::equal(read.input, torch::cat({train.input, held.input})));
  CHECK(torch::equal(read.target, torch::cat({train.target, held.target})));
  given->changes.tile.set(3);
  CHECK_THROWS_WITH(Mnist(given).export_to(copy.path()), Contains("images of 3 channels"));
}

TEST_CASE("what digits do not allow is told before anything is read", "[mnist]") {
  auto given = std::make_shared<Mnist::OptionsType>();
  given->folder.set("/no/such/folder");
  given->changes.grey.set(true);
  CHECK_THROWS_WITH(Mnist(given), Contains("'dataset.grey' is for colour images"));
  given->changes.grey.set(false);
  given->changes.resize.set(7);
  given->changes.compose.set("halves");
  CHECK_THROWS_WITH(Mnist(given), Contains("images of 7 pixels have no half"));
}
