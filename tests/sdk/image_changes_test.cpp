// Resized images against scipy: tests/data/images/make_resized.py. The rest by hand.
#include "modhost/image_changes.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "image_resize.h"
#include "modhost/error.h"

using namespace modhost;
using Catch::Contains;
using Compose = ImageChanges::Compose;

namespace {

nlohmann::json scipy() {
  return nlohmann::json::parse(std::ifstream(MODHOST_TEST_DATA "/images/resized.json"));
}

using Bytes = std::vector<uint8_t>;

Bytes part(const ImageChanger& changer, const Bytes& image) {
  const auto& shape = changer.part_shape();
  Bytes out(static_cast<size_t>(shape[0] * shape[1] * shape[2]));
  changer.part(image.data(), out.data());
  return out;
}

Bytes whole(const ImageChanger& changer, const Bytes& first, const Bytes& second) {
  const auto& shape = changer.shape();
  Bytes out(static_cast<size_t>(shape[0] * shape[1] * shape[2]));
  changer.whole(first.data(), second.data(), out.data());
  return out;
}

ImageChanges composed(Compose compose) {
  ImageChanges out;
  out.compose = compose;
  out.seed = 5;
  return out;
}

std::string refusal(const ImageChanges& changes, const std::vector<int64_t>& shape) {
  try {
    const ImageChanger changer(changes, shape);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::config);
    return error.full();
  }
  return "";
}

// Image i has one channel of 1 x 1 pixels: i.
class Numbers : public ImageReader {
 public:
  int64_t size() const override { return 40; }
  std::vector<std::string> groups() const override { return {"a", "b", "c", "d"}; }
  int64_t group(int64_t index) const override { return index % 4; }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    *pixels = static_cast<uint8_t>(index);
    return index % 4;
  }
};

}  // namespace

TEST_CASE("images are resized as scipy does it", "[images]") {
  const nlohmann::json cases = scipy();  // which outlives the loop
  for (const auto& one : cases["planes"]) {
    const int64_t height = one["shape"][0], width = one["shape"][1];
    const int64_t high = one["to"][0], wide = one["to"][1];
    std::vector<double> out;
    modhost::detail::resize_plane(modhost::detail::resize_matrix(height, high),
                                  modhost::detail::resize_matrix(width, wide),
                                  one["from"].get<std::vector<double>>(), height, width, out);
    const auto expected = one["expected"].get<std::vector<double>>();
    REQUIRE(out.size() == expected.size());
    for (size_t i = 0; i < out.size(); ++i) CHECK(out[i] == Approx(expected[i]).margin(1e-10));
  }
  for (const double weight : modhost::detail::resize_matrix(5, 5))
    CHECK((weight == 0 || weight == 1));
}

TEST_CASE("a colour image becomes a small grey one", "[images]") {
  ImageChanges changes;
  changes.grey = true;
  changes.side = 28;
  const ImageChanger changer(changes, {3, 32, 32});
  CHECK(changer.shape() == std::vector<int64_t>{1, 28, 28});
  const auto data = scipy();
  CHECK(part(changer, data["colour"].get<Bytes>()) == data["grey"].get<Bytes>());
}

TEST_CASE("halves are stretched to white and lie side by side, row by row", "[images]") {
  const ImageChanger changer(composed(Compose::halves), {1, 2, 4});
  CHECK(changer.part_shape() == std::vector<int64_t>{1, 2, 2});
  CHECK(changer.shape() == std::vector<int64_t>{1, 2, 4});
  // Equal pixels stay equal whatever the blur; the lower row is 0.4 times as bright.
  CHECK(part(changer, {100, 100, 100, 100, 40, 40, 40, 40}) == Bytes{255, 255, 102, 102});
  CHECK(part(changer, Bytes(8)) == Bytes(4));
  CHECK(whole(changer, {1, 2, 3, 4}, {5, 6, 7, 8}) == Bytes{1, 2, 5, 6, 3, 4, 7, 8});
}

TEST_CASE("images are stacked as channels, or shown in each channel", "[images]") {
  const ImageChanger stacked(composed(Compose::stacked_same), {1, 1, 2});
  CHECK(stacked.shape() == std::vector<int64_t>{2, 1, 2});
  CHECK(whole(stacked, {1, 2}, {3, 4}) == Bytes{1, 2, 3, 4});
  const ChannelScale scale = stacked.scale({{7}, {3}});
  CHECK(scale.mean == std::vector<double>{7, 7});
  CHECK(scale.deviation == std::vector<double>{3, 3});
  ImageChanges changes;
  changes.tile = 3;
  const ImageChanger tiled(changes, {1, 1, 2});
  CHECK(tiled.shape() == std::vector<int64_t>{3, 1, 2});
  CHECK(whole(tiled, {1, 2}, {9, 9}) == Bytes{1, 2, 1, 2, 1, 2});
}

TEST_CASE("what images do not allow is told", "[images]") {
  ImageChanges grey;
  grey.grey = true;
  CHECK_THAT(refusal(grey, {1, 28, 28}), Contains("'dataset.grey' is for colour images"));
  CHECK_THAT(refusal(composed(Compose::halves), {1, 7, 7}),
             Contains("images of 7 pixels have no half") && Contains("--dataset.resize 8"));
  ImageChanges tile;
  tile.tile = 3;
  CHECK_THAT(refusal(tile, {3, 32, 32}), Contains("have 3") && Contains("--dataset.grey true"));
  tile.compose = Compose::stacked;
  CHECK_THAT(refusal(tile, {1, 28, 28}), Contains("have 2"));
}

TEST_CASE("two images are drawn from all, and their labels added", "[images]") {
  std::vector<int64_t> labels(10000);
  for (size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int64_t>(i % 10);
  const auto pairs = image_pairs(composed(Compose::halves), labels, 10);
  REQUIRE(pairs.size() == labels.size());
  std::set<int64_t> firsts;
  std::vector<int64_t> seen(10);
  for (const ImagePair& pair : pairs) {
    CHECK(pair.label == (pair.first % 10 + pair.second % 10) % 10);
    firsts.insert(pair.first);
    ++seen[static_cast<size_t>(pair.label)];
  }
  // With replacement 1 - 1/e of all are seen at least once, give or take 0.5 %.
  CHECK(firsts.size() == Approx(6321).margin(5 * 50));
  for (const int64_t count : seen) CHECK(count == Approx(1000).margin(5 * 30));
  const auto again = image_pairs(composed(Compose::stacked), labels, 10);
  CHECK(again[77].second == pairs[77].second);
}

TEST_CASE("a partner of the same class is one of the first of its class", "[images]") {
  // Class 0 has 3 images, class 1 has 5; class 2 has none.
  const std::vector<int64_t> labels{1, 0, 1, 1, 0, 1, 0, 1};
  std::map<int64_t, std::set<int64_t>> partners;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    ImageChanges changes = composed(Compose::halves_same);
    changes.seed = seed;
    const auto pairs = image_pairs(changes, labels, 3);
    for (size_t i = 0; i < labels.size(); ++i) {
      CHECK(pairs[i].first == static_cast<int64_t>(i));
      CHECK(pairs[i].label == labels[i]);
      partners[labels[i]].insert(pairs[i].second);
    }
  }
  CHECK(partners[0] == std::set<int64_t>{1, 4, 6});
  CHECK(partners[1] == std::set<int64_t>{0, 2, 3});
}

TEST_CASE("random labels know nothing of the images", "[images]") {
  ImageChanges changes;
  changes.random_labels = true;
  CHECK(changes.classes({"cat", "dog"}) == std::vector<std::string>{"label_0", "label_1"});
  const auto pairs = image_pairs(changes, std::vector<int64_t>(1000, 1), 4);
  std::vector<int64_t> seen(4);
  for (const ImagePair& pair : pairs) ++seen[static_cast<size_t>(pair.label)];
  for (const int64_t count : seen) CHECK(count == Approx(250).margin(5 * 14));
}

TEST_CASE("labelled images and drawn ones become the same", "[images]") {
  const Numbers numbers;
  LabelledImages images{{1, 1, 1}, {}, {}};
  for (int64_t i = 0; i < numbers.size(); ++i) {
    images.pixels.push_back(static_cast<uint8_t>(i));
    images.labels.push_back(static_cast<uint8_t>(i % 4));
  }
  std::vector<int64_t> all(40);
  std::iota(all.begin(), all.end(), int64_t{0});
  for (const Compose compose : {Compose::none, Compose::stacked, Compose::stacked_same}) {
    ImageChanges changes = composed(compose);
    if (compose == Compose::none) changes.tile = 2;
    const ImageChanger changer(changes, {1, 1, 1});
    const auto made =
        changed_wholes(changes, changer, *changed_parts(changer, images), all, {0, 1, 2, 3}, 4);
    const auto reader = changed_reader(changes, std::make_unique<Numbers>(), {1, 1, 1});
    CHECK(reader->groups().front() == (compose == Compose::stacked ? "sum_0" : "a"));
    for (int64_t i = 0; i < 40; ++i) {
      Bytes pixels(2);
      const int64_t label = reader->read(i, pixels.data());
      CHECK(label == made->labels[static_cast<size_t>(i)]);
      CHECK(label == reader->group(i));
      CHECK(std::equal(pixels.begin(), pixels.end(), made->pixels.begin() + 2 * i));
      if (compose == Compose::stacked) CHECK((pixels[0] + pixels[1]) % 4 == label);
      if (compose == Compose::stacked_same) CHECK(pixels[1] % 4 == i % 4);
    }
  }
  CHECK(changed_reader({}, std::make_unique<Numbers>(), {1, 1, 1})->groups().size() == 4);
}

TEST_CASE("chosen images are put together among themselves", "[images]") {
  LabelledImages images{{1, 1, 1}, {10, 11, 12, 13, 14, 15}, {0, 1, 2, 0, 1, 2}};
  const ImageChanges changes = composed(Compose::stacked);
  const ImageChanger changer(changes, {1, 1, 1});
  // Classes 2 and 0 become 0 and 1.
  const auto made = changed_wholes(changes, changer, images, {0, 2, 3}, {1, -1, 0}, 2);
  REQUIRE(made->size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    int64_t sum = 0;
    for (const size_t half : {2 * i, 2 * i + 1}) {
      const uint8_t pixel = made->pixels[half];
      CHECK((pixel == 10 || pixel == 12 || pixel == 13));
      sum += pixel != 12;
    }
    CHECK(made->labels[i] == sum % 2);
  }
}

TEST_CASE("images of any number of channels can be shown", "[images]") {
  CHECK(shown_shape({1, 4, 5}) == std::vector<int64_t>{1, 4, 5});
  CHECK(shown_shape({2, 4, 5}) == std::vector<int64_t>{1, 4, 10});
  CHECK(shown_shape({6, 4, 5}) == std::vector<int64_t>{3, 4, 10});
  const Bytes stacked{1, 2, 3, 4, 5, 6, 7, 8};  // two channels of 2 x 2
  Bytes out(8);
  shown_pixels({2, 2, 2}, stacked.data(), out.data());
  CHECK(out == Bytes{1, 2, 5, 6, 3, 4, 7, 8});
  Bytes colours(6);
  shown_pixels({6, 1, 1}, stacked.data(), colours.data());
  CHECK(colours == Bytes{1, 4, 2, 5, 3, 6});
}
