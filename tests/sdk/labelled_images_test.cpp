#include "modhost/labelled_images.h"

#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <set>

#include "modhost/error.h"
#include "modhost/subset.h"

using namespace modhost;

namespace {

// Two channels of 6 x 5 pixels, all different within an image, none of them 0.
std::shared_ptr<LabelledImages> small(int64_t count) {
  auto out = std::make_shared<LabelledImages>();
  out->shape = {2, 6, 5};
  for (int64_t image = 0; image < count; ++image) {
    for (int64_t i = 0; i < 60; ++i)
      out->pixels.push_back(static_cast<uint8_t>(1 + i + 64 * image));
    out->labels.push_back(static_cast<uint8_t>(image % 3));
  }
  return out;
}

ImageView view_of(const std::shared_ptr<const LabelledImages>& images) {
  ImageView view;
  view.images = images;
  view.chosen.resize(static_cast<size_t>(images->size()));
  std::iota(view.chosen.begin(), view.chosen.end(), int64_t{0});
  view.classes = {"a", "b", "c"};
  view.scale = {{0, 0}, {1, 1}};
  return view;
}

std::vector<uint8_t> pixels(const LabelledImageSource& source, int64_t index) {
  std::vector<uint8_t> out(60);
  source.pixels(index, out.data());
  return out;
}

}  // namespace

TEST_CASE("each channel gets a mean and a deviation of its own", "[images]") {
  const auto images = small(3);
  const ChannelScale scale = measured_scale(*images);
  const Tensor bytes =
      torch::tensor(std::vector<int64_t>(images->pixels.begin(), images->pixels.end()))
          .to(torch::kDouble)
          .reshape({3, 2, 30});
  for (int64_t channel = 0; channel < 2; ++channel) {
    const Tensor all = bytes.select(1, channel);
    const auto at = static_cast<size_t>(channel);
    CHECK(scale.mean[at] == Approx(all.mean().item<double>()).epsilon(1e-12));
    CHECK(scale.deviation[at] == Approx(all.std(true).item<double>()).epsilon(1e-12));
  }
  ImageView view = view_of(images);
  view.scale = scale;
  const Batch batch = LabelledImageSource(std::move(view)).load({0, 1, 2});
  CHECK(batch.input.sizes() == std::vector<int64_t>{3, 2, 6, 5});
  const Tensor rows = batch.input.to(torch::kDouble).transpose(0, 1).reshape({2, -1});
  CHECK(rows.mean(1).abs().max().item<double>() < 1e-6);
  CHECK((rows.std(1, true) - 1).abs().max().item<double>() < 1e-6);
}

TEST_CASE("a channel that never changes is only moved", "[images]") {
  LabelledImages black{{1, 1, 2}, {7, 7}, {0}};
  const ChannelScale scale = measured_scale(black);
  CHECK(scale.mean == std::vector<double>{7});
  CHECK(scale.deviation == std::vector<double>{1});
  CHECK_THROWS_AS(measured_scale(LabelledImages{{1, 1, 2}, {}, {}}), Error);
}

TEST_CASE("a version is the image moved and mirrored, and always the same", "[images]") {
  const auto images = small(2);
  ImageView view = view_of(images);
  view.augmentation = {2, true, 600, 5};
  const LabelledImageSource source(view);
  REQUIRE(source.size() == 1200);
  CHECK(source.group(1201 - 2) == 1);
  std::map<std::tuple<int64_t, int64_t, bool>, int> seen;
  for (int64_t version = 0; version < 600; ++version) {
    const std::vector<uint8_t> got = pixels(source, 2 * version + 1);
    REQUIRE(got == pixels(source, 2 * version + 1));
    // Which of the 5 x 5 x 2 cuts it is, found by trying all of them.
    int fits = 0;
    for (int64_t down = -2; down <= 2; ++down) {
      for (int64_t right = -2; right <= 2; ++right) {
        for (const bool mirrored : {false, true}) {
          bool same = true;
          for (int64_t i = 0; i < 60 && same; ++i) {
            const int64_t channel = i / 30, y = i / 5 % 6 + down;
            const int64_t x = (mirrored ? 4 - i % 5 : i % 5) + right;
            const bool inside = y >= 0 && y < 6 && x >= 0 && x < 5;
            const int expected = inside ? images->pixels[60 + channel * 30 + y * 5 + x] : 0;
            same = got[static_cast<size_t>(i)] == expected;
          }
          if (!same) continue;
          ++fits;
          ++seen[{down, right, mirrored}];
        }
      }
    }
    REQUIRE(fits == 1);
  }
  CHECK(seen.size() == 50);  // each about 12 times of 600
  for (const auto& [cut, times] : seen) CHECK(times < 12 + 6 * 3.5);
}

TEST_CASE("versions differ by seed and image, and what is not augmented is as it was", "[images]") {
  const auto images = small(2);
  ImageView view = view_of(images);
  CHECK(pixels(LabelledImageSource(view), 1) ==
        std::vector<uint8_t>(images->pixels.begin() + 60, images->pixels.end()));
  view.augmentation = {2, true, 20, 5};
  const LabelledImageSource one(view);
  view.augmentation.seed = 6;
  const LabelledImageSource other(view);
  int different = 0;
  for (int64_t index = 0; index < 40; ++index)
    different += pixels(one, index) != pixels(other, index);
  CHECK(different > 30);
}

TEST_CASE("classes are chosen and numbered anew", "[images]") {
  ImageView view = view_of(small(6));
  view.chosen = {5, 2, 1};
  view.classes = {"c", "b"};
  view.label_of = {-1, 1, 0};
  const LabelledImageSource source(view);
  CHECK(source.groups() == std::vector<std::string>{"c", "b"});
  const Tensor target = source.load({0, 1, 2}).target;
  CHECK(torch::equal(target, torch::tensor({0, 0, 1}, torch::kLong)));
  CHECK_THROWS_AS(source.load({3}), Error);
  CHECK_THROWS_AS(source.load({-1}), Error);
  view.label_of = {0, 1};
  CHECK_THROWS_WITH(LabelledImageSource(view), Catch::Contains("image 5 has the label 2"));
}

TEST_CASE("pixels in another order are features", "[images]") {
  ImageView view = view_of(small(2));
  view.scale = {{1, 2}, {2, 4}};
  view.pixel_order = {59, 0, 30};
  const Batch batch = LabelledImageSource(view).load({0});
  CHECK(torch::equal(batch.input, torch::tensor({{(60 - 2) / 4.F, 0.F, (31 - 2) / 4.F}})));
}

TEST_CASE("joined sources are one after the other", "[subset]") {
  const auto a = std::make_shared<LabelledImageSource>(view_of(small(2)));
  const auto b = std::make_shared<LabelledImageSource>(view_of(small(3)));
  const auto both = joined({a, b}, {"first", "second"});
  REQUIRE(both->size() == 5);
  CHECK(both->groups() == std::vector<std::string>{"first", "second"});
  CHECK(both->group(1) == 0);
  CHECK(both->group(2) == 1);
  const Batch batch = both->load({4, 0, 2, 1, 4});
  const Batch in_a = a->load({0, 1}), in_b = b->load({2, 0});
  CHECK(torch::equal(batch.target, torch::tensor({2, 0, 0, 1, 2}, torch::kLong)));
  CHECK(torch::equal(batch.input[0], in_b.input[0]));
  CHECK(torch::equal(batch.input[1], in_a.input[0]));
  CHECK(torch::equal(batch.input[2], in_b.input[1]));
  CHECK(torch::equal(batch.input[3], in_a.input[1]));
  CHECK(torch::equal(batch.input[4], batch.input[0]));
  CHECK(both->load({}).input.size(0) == 0);
  CHECK_THROWS_AS(joined({a}, {}), Error);
}
