#include "mixed.h"

#include <modhost/error.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_mnist;
using Catch::Contains;

namespace {

// 100 images with the labels i mod 10, all of one brightness, or of another in the test files.
void write_set(const std::filesystem::path& folder, uint8_t brightness) {
  std::filesystem::create_directories(folder);
  for (const std::string name : {"train", "t10k"}) {
    const int64_t images = name == "train" ? 100 : 50;
    LabelledImages all{{1, 28, 28}, {}, {}};
    all.pixels.assign(static_cast<size_t>(784 * images), brightness);
    for (int64_t i = 0; i < images; ++i) all.labels.push_back(static_cast<uint8_t>(i % 10));
    write_idx_files(all, folder / name);
  }
}

struct Sets {
  TestFolder folder;
  std::shared_ptr<MixedOptions> options = std::make_shared<MixedOptions>();

  Sets() {
    write_set(folder.path() / "dark", 51);
    write_set(folder.path() / "bright", 204);
    options->folder.set(folder.path().string());
    options->first.set("dark");
    options->second.set("bright");
    options->normalise.set("unit");
  }
};

Batch everything(const Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return source.load(indices);
}

std::string refusal(const std::shared_ptr<MixedOptions>& options) {
  try {
    Mixed(options).all(Split::train);
  } catch (const Error& error) {
    return error.full();
  }
  return "";
}

bool all_of_brightness(const Tensor& input, double brightness) {
  return (input - brightness).abs().max().item<double>() < 1e-6;
}

}  // namespace

TEST_CASE("two sets are learnt as one, each is a task", "[mixed]") {
  const Sets sets;
  const Mixed dataset(sets.options);
  CHECK(dataset.signature().text() == "image [1, 28, 28] -> classes [10]");
  REQUIRE(dataset.tasks().size() == 2);
  CHECK(dataset.tasks()[0].name == "dark");
  CHECK(dataset.tasks()[1].name == "bright");
  const Batch test = everything(*dataset.all(Split::test));
  CHECK(test.size() == 100);
  CHECK(test.input.mean().item<double>() == Approx(0.5));
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const Batch dark = everything(*dataset.task("dark", split));
    const Batch bright = everything(*dataset.task("bright", split));
    CHECK(dark.size() + bright.size() == dataset.all(split)->size());
    CHECK(all_of_brightness(dark.input, 0.2));
    CHECK(all_of_brightness(bright.input, 0.8));
    CHECK(torch::equal(everything(*dataset.other("dark", split)).target, bright.target));
  }
  CHECK_THAT(dataset.describe(), Contains("two sets: dark and bright, from "));
  CHECK_THROWS_WITH(dataset.task("brigt", Split::test), Contains("bright"));
}

TEST_CASE("the sets are in an order of chance", "[mixed]") {
  const Sets sets;
  const Tensor level = everything(*Mixed(sets.options).all(Split::test)).input.amax({1, 2, 3});
  const auto in_front = (level.slice(0, 0, 50) > 0.5).sum().item<int64_t>();
  CHECK(in_front > 12);  // 25 expected, deviation 2.5
  CHECK(in_front < 38);
  sets.options->seed.set(1);
  CHECK(!torch::equal(everything(*Mixed(sets.options).all(Split::test)).input.amax({1, 2, 3}),
                      level));
}

TEST_CASE("separated sets share no label", "[mixed]") {
  const Sets sets;
  sets.options->separated.set(true);
  const Mixed dataset(sets.options);
  CHECK(dataset.all(Split::test)->size() == 50);
  CHECK(everything(*dataset.task("dark", Split::test)).target.max().item<int64_t>() == 4);
  CHECK(everything(*dataset.task("bright", Split::test)).target.min().item<int64_t>() == 5);
  CHECK_THAT(dataset.describe(), Contains("labels 0 .. 4 and 5 .. 9"));
}

TEST_CASE("the held-out fifth may test both sets", "[mixed]") {
  const Sets sets;
  sets.options->split.set("paper_test");
  const Mixed dataset(sets.options);
  const auto held_out = dataset.all(Split::test)->size();
  const std::vector<bool> trains = paper_split(200);
  CHECK(held_out == std::count(trains.begin(), trains.end(), false));
  CHECK(all_of_brightness(everything(*dataset.task("bright", Split::test)).input, 0.8));
}

TEST_CASE("published sets are found by name, all files in one list", "[mixed]") {
  auto options = std::make_shared<MixedOptions>();
  options->folder.set("/no/such/folder");
  const DataFiles files = Mixed(options).files();
  REQUIRE(files.list.size() == 8);
  CHECK(files.list[0].name == "mnist/train-images-idx3-ubyte.gz");
  CHECK(files.list[4].name == "fashion_mnist/train-images-idx3-ubyte.gz");
  CHECK(files.list[4].bytes == 26421880);
  CHECK(!files.list[4].urls.empty());
  CHECK(files.folder == "/no/such/folder");
  CHECK_THROWS_WITH(Mixed(options).all(Split::train),
                    Contains("not in '/no/such/folder'") && Contains("mnist/train-images"));
  options->second.set("lines");
  const DataFiles own = Mixed(options).files();
  CHECK(own.list[4].name == "/no/such/folder/lines/train-images-idx3-ubyte.gz");
  CHECK(own.list[4].urls.empty());
  CHECK_THAT(refusal(options), !Contains("lines") && Contains("fetch with"));
  options->first.set("patterns");
  CHECK_THAT(refusal(options), Contains("patterns/train-images") && !Contains("lecun"));
  options->first.set("mnist");
  options->second.set("mnist");
  CHECK_THROWS_WITH(Mixed(options), Contains("which is the first set too"));
}

TEST_CASE("two folders of one name are two tasks", "[mixed]") {
  const Sets sets;
  write_set(sets.folder.path() / "other" / "dark", 102);
  sets.options->second.set("other/dark/");
  const Mixed dataset(sets.options);
  CHECK(dataset.tasks()[0].name == "dark");
  CHECK(dataset.tasks()[1].name == "dark_2");
  CHECK(all_of_brightness(everything(*dataset.task("dark_2", Split::test)).input, 0.4));
}
