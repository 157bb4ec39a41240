#include "glyphs.h"

#include <modhost/error.h>
#include <torch/utils.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "glyph.h"

using namespace modhost;
using namespace modhost_glyphs;

namespace {

std::shared_ptr<GlyphsOptions> small_options() {
  auto options = std::make_shared<GlyphsOptions>();
  options->side.set(16);
  options->train.set(200);
  options->validation.set(10);
  options->test.set(30);
  return options;
}

std::multiset<int64_t> targets(const Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  const Tensor target = source.load(indices).target;
  return {target.data_ptr<int64_t>(), target.data_ptr<int64_t>() + target.numel()};
}

}  // namespace

TEST_CASE("glyphs are classified from images", "[glyphs]") {
  const Glyphs dataset(std::make_shared<GlyphsOptions>());
  CHECK(dataset.signature().text() == "image [3, 32, 32] -> classes [10]");
  CHECK(dataset.describe() == "20,000 images (ten glyphs, 32x32 pixels, colour, generated)");
  CHECK(dataset.chance() == 0.1);
  auto options = small_options();
  options->channels.set(1);
  CHECK(Glyphs(options).signature().text() == "image [1, 16, 16] -> classes [10]");
}

TEST_CASE("each glyph occurs equally often and is a group", "[glyphs]") {
  const Glyphs dataset(small_options());
  const auto source = dataset.all(Split::train);
  CHECK(source->groups() == glyph_names());
  const auto found = targets(*source);
  for (int64_t glyph = 0; glyph < kGlyphs; ++glyph) CHECK(found.count(glyph) == 20);
  const Batch batch = source->load({7, 23});
  CHECK(batch.target[0].item<int64_t>() == source->group(7));
  CHECK(batch.target[1].item<int64_t>() == source->group(23));
}

TEST_CASE("a sample is the same whenever and with whatever it is loaded", "[glyphs]") {
  const auto options = small_options();
  const auto one = Glyphs(options).all(Split::train);
  options->cache_mb.set(0);
  const auto other = Glyphs(options).all(Split::train);
  const Batch batch = one->load({5, 6, 7, 5});
  CHECK(torch::equal(batch.input[0], batch.input[3]));
  CHECK(torch::equal(one->load({7}).input[0], batch.input[2]));
  CHECK(torch::equal(other->load({5, 6, 7, 5}).input, batch.input));
}

TEST_CASE("splits and seeds give other images", "[glyphs]") {
  const auto options = small_options();
  const Glyphs dataset(options);
  const Tensor train = dataset.all(Split::train)->load({3}).input;
  CHECK_FALSE(torch::equal(dataset.all(Split::test)->load({3}).input, train));
  CHECK_FALSE(torch::equal(dataset.all(Split::validation)->load({3}).input, train));
  options->seed.set(5);
  CHECK_FALSE(torch::equal(Glyphs(options).all(Split::train)->load({3}).input, train));
}

TEST_CASE("a task is all glyphs but one, its other is that one", "[glyphs]") {
  const Glyphs dataset(small_options());
  CHECK(dataset.tasks().size() == 10);
  CHECK(dataset.tasks()[1].name == "without_square");
  for (const Split split : {Split::train, Split::test}) {
    const auto rest = targets(*dataset.task("without_square", split));
    const auto alone = targets(*dataset.other("without_square", split));
    CHECK(rest.count(1) == 0);
    CHECK(alone.count(1) == alone.size());
    CHECK(rest.size() + alone.size() == static_cast<size_t>(dataset.all(split)->size()));
  }
  CHECK_THROWS_WITH(dataset.task("without_circle", Split::train),
                    Catch::Contains("no task 'without_circle'; it has without_ring"));
  CHECK_THROWS_AS(dataset.other("ring", Split::train), Error);
}

TEST_CASE("the tasks can be chosen", "[glyphs]") {
  const auto options = small_options();
  options->tasks.set({"zed", "ring"});
  const auto tasks = Glyphs(options).tasks();
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0].name == "without_zed");
  options->tasks.set({"rong"});
  CHECK_THROWS_WITH(Glyphs(options), Catch::Contains("names 'rong'") && Catch::Contains("ring"));
}

TEST_CASE("a few glyphs can stand alone", "[glyphs]") {
  const auto options = small_options();
  options->tasks.set({"ring+zed", "plus"});
  const Glyphs dataset(options);
  REQUIRE(dataset.tasks().size() == 2);
  CHECK(dataset.tasks()[0].name == "ring+zed");
  const auto alone = targets(*dataset.task("ring+zed", Split::train));
  CHECK(alone.count(0) == 20);
  CHECK(alone.count(8) == 20);
  CHECK(alone.size() == 40);
  CHECK(dataset.other("ring+zed", Split::train)->size() == 160);
}

TEST_CASE("images have one channel or three", "[glyphs]") {
  GlyphsOptions options;
  CHECK_THROWS_WITH(
      options.assign("dataset", "glyphs", {{"channels", {int64_t{2}, "test", false}}}),
      Catch::Contains("'dataset.channels' is 2"));
}

TEST_CASE("pixels are spread around zero", "[glyphs]") {
  const Tensor input = Glyphs(small_options()).all(Split::train)->load({0, 1, 2, 3, 4, 5}).input;
  CHECK(input.min().item<double>() >= -127.5 / 64);
  CHECK(input.max().item<double>() <= 127.5 / 64);
}

TEST_CASE("the contact sheet is a picture", "[glyphs]") {
  const auto path = std::filesystem::temp_directory_path() /
                    ("modhost_glyphs_" + std::to_string(::getpid()) + ".png");
  Glyphs(small_options()).show(path);
  CHECK(std::filesystem::file_size(path) > 10000);
  std::filesystem::remove(path);
}

TEST_CASE("two glyphs in one image are told by the sum of their numbers", "[glyphs]") {
  auto options = small_options();
  options->changes.compose.set("stacked");
  const Glyphs dataset(options);
  CHECK(dataset.signature().text() == "image [6, 16, 16] -> classes [10]");
  CHECK(dataset.tasks().front().name == "without_sum_0");
  CHECK_THAT(dataset.describe(), Catch::Contains("two in one: stacked"));
  // Each half of the channels is one of the plain images, and their glyphs add up.
  const auto plain = Glyphs(small_options()).all(Split::train);
  const auto stacked = dataset.all(Split::train);
  std::vector<int64_t> all(200);
  std::iota(all.begin(), all.end(), int64_t{0});
  const Tensor known = plain->load(all).input.flatten(1);
  const Batch batch = stacked->load({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  for (int64_t i = 0; i < 10; ++i) {
    int64_t sum = 0;
    for (const Tensor& half : batch.input[i].chunk(2)) {
      const Tensor same = (known == half.flatten()).all(1);
      REQUIRE(same.sum().item<int64_t>() == 1);
      sum += same.to(torch::kInt).argmax().item<int64_t>() % kGlyphs;
    }
    CHECK(batch.target[i].item<int64_t>() == sum % kGlyphs);
  }
}

TEST_CASE("grey glyphs in three equal channels", "[glyphs]") {
  auto options = small_options();
  options->changes.grey.set(true);
  options->changes.resize.set(8);
  options->changes.tile.set(3);
  const Tensor image = Glyphs(options).all(Split::test)->load({3}).input[0];
  CHECK(image.sizes().vec() == std::vector<int64_t>{3, 8, 8});
  CHECK(torch::equal(image[0], image[1]));
  CHECK(torch::equal(image[0], image[2]));
  CHECK((image[0].max() - image[0].min()).item<float>() > 0.1F);
}
