#include <modhost/error.h>
#include <modhost/picture.h>
#include <png.h>

#include <catch2/catch.hpp>

using namespace modhost;

namespace {

constexpr Color kRed = {255, 0, 0}, kBlue = {0, 0, 255}, kBlack = {0, 0, 0};

Color color_at(const Picture& picture, int64_t x, int64_t y) {
  const uint8_t* pixel = picture.at(x, y);
  return {pixel[0], pixel[1], pixel[2]};
}

}  // namespace

TEST_CASE("a rectangle covers its pixels and no others, also at the edge", "[picture]") {
  Picture picture(5, 4, kBlack);
  picture.fill(3, 2, 10, 10, kRed);
  picture.fill(-2, -2, 3, 3, kBlue);
  for (int64_t y = 0; y < 4; ++y) {
    for (int64_t x = 0; x < 5; ++x) {
      const Color expected = x >= 3 && y >= 2 ? kRed : x == 0 && y == 0 ? kBlue : kBlack;
      CHECK(color_at(picture, x, y) == expected);
    }
  }
}

TEST_CASE("a frame lies around its area", "[picture]") {
  Picture picture(7, 7, kBlack);
  picture.frame(2, 2, 3, 3, 1, kRed);
  for (int64_t y = 0; y < 7; ++y) {
    for (int64_t x = 0; x < 7; ++x) {
      const bool inside = x >= 2 && x < 5 && y >= 2 && y < 5;
      const bool near = x >= 1 && x < 6 && y >= 1 && y < 6;
      CHECK(color_at(picture, x, y) == (near && !inside ? kRed : kBlack));
    }
  }
}

TEST_CASE("colours are mixed by their share", "[picture]") {
  Picture picture(1, 1, {100, 200, 0});
  picture.blend(0, 0, {200, 0, 0}, 0.25);
  CHECK(color_at(picture, 0, 0) == Color{125, 150, 0});
}

TEST_CASE("the PNG holds the picture", "[picture]") {
  Picture picture(3, 2, kBlue);
  picture.fill(1, 0, 1, 2, kRed);
  const std::string bytes = picture.png();
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0);
  image.format = PNG_FORMAT_RGB;
  REQUIRE(image.width == 3);
  REQUIRE(image.height == 2);
  std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0);
  for (int64_t y = 0; y < 2; ++y) {
    for (int64_t x = 0; x < 3; ++x) {
      const uint8_t* pixel = &pixels[static_cast<size_t>((y * 3 + x) * 3)];
      CHECK(Color{pixel[0], pixel[1], pixel[2]} == color_at(picture, x, y));
    }
  }
}

TEST_CASE("pictures without an area or of unreasonable size are refused", "[picture]") {
  CHECK_THROWS_AS(Picture(0, 5, kBlack), Error);
  CHECK_THROWS_WITH(Picture(20001, 5, kBlack), Catch::Contains("20001 x 5"));
}
