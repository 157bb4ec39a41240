#include "pattern.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <vector>

using namespace modhost_patterns;

namespace {

constexpr int64_t kSide = 28;
using Image = std::vector<uint8_t>;

int64_t white(const Image& image) { return std::count(image.begin(), image.end(), uint8_t{255}); }

}  // namespace

TEST_CASE("lines go from edge to edge, and are as many as the label says", "[patterns]") {
  std::vector<int64_t> labels(10), columns(kSide);
  constexpr int kImages = 5000;
  for (uint64_t seed = 0; seed < kImages; ++seed) {
    Image image(kSide * kSide, 7);
    const int64_t label = draw_lines(seed, kSide, image.data());
    int64_t lines = 0;
    for (int64_t column = 0; column < kSide; ++column) {
      const uint8_t top = image[static_cast<size_t>(column)];
      REQUIRE((top == 0 || top == 255));
      for (int64_t row = 0; row < kSide; ++row) {
        REQUIRE(image[static_cast<size_t>(row * kSide + column)] == top);
      }
      lines += top == 255;
      columns[static_cast<size_t>(column)] += top == 255;
    }
    REQUIRE(lines == label + 1);
    ++labels[static_cast<size_t>(label)];
  }
  // Five deviations of a binomial: 500 +- 5 * 21.
  for (const int64_t count : labels) CHECK(count == Approx(500).margin(106));
  // 5.5 of 28 columns are white on average.
  for (const int64_t count : columns) CHECK(count == Approx(5000 * 5.5 / 28).margin(5 * 29));
}

TEST_CASE("an image of ten columns can be all white", "[patterns]") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Image image(100);
    const int64_t label = draw_lines(seed, 10, image.data());
    CHECK(white(image) == 10 * (label + 1));
  }
}

TEST_CASE("circles lie within the image", "[patterns]") {
  // Of radius 1 around (0, 0): the eight neighbours but not the centre, as sqrt(2) < 1.5.
  // Of radius 4: the points of a 9 x 9 square 3.5 .. 4.5 from its centre.
  int64_t ring = 0;
  for (int y = -4; y <= 4; ++y) {
    for (int x = -4; x <= 4; ++x) {
      const int square = 4 * (x * x + y * y);  // of twice the distance
      ring += square >= 49 && square <= 81;
    }
  }
  std::set<int64_t> labels;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Image image(kSide * kSide, 7);
    const int64_t label = draw_circles(seed, kSide, 4, image.data());
    labels.insert(label);
    if (label == 0) CHECK(white(image) == 0);
    if (label == 1) CHECK(white(image) == ring);
    CHECK(white(image) <= label * ring);
    CHECK(white(image) >= (label > 0 ? ring : 0));
  }
  CHECK(labels == std::set<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  Image largest(9);
  for (uint64_t seed = 0; seed < 20; ++seed) {
    if (draw_circles(seed, 3, 1, largest.data()) > 0) {
      CHECK(largest == Image{255, 255, 255, 255, 0, 255, 255, 255, 255});
    }
  }
}

TEST_CASE("noise has all bytes and all labels, equally often", "[patterns]") {
  std::vector<int64_t> bytes(256), labels(10);
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    Image image(kSide * kSide);
    ++labels[static_cast<size_t>(draw_noise(seed, kSide, image.data()))];
    for (const uint8_t byte : image) ++bytes[byte];
  }
  for (const int64_t count : bytes) CHECK(count == Approx(784000 / 256.0).margin(5 * 56));
  for (const int64_t count : labels) CHECK(count == Approx(100).margin(5 * 10));
}
