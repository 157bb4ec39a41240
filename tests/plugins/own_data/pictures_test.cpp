// PNG and JPEG files as pixels, scaled; damage and size.
#include <modhost/error.h>
#include <modhost/files.h>

#include <cstdio>
#include <cstdlib>

// needs the two above
#include <jpeglib.h>

#include "area_crop.h"
#include "decode_image.h"
#include "own_data_helpers.h"

using namespace modhost_own_data;
using namespace own_data_tests;
using Catch::Contains;
using modhost::Error;

namespace {

constexpr int64_t kMost = 1'000'000;

RgbImage decoded(const std::string& name) {
  return decode_image(modhost::read_file(data(name)), kMost, name);
}

// A picture that changes slowly, so that compression loses little.
std::vector<uint8_t> slope(int width, int height, int components) {
  std::vector<uint8_t> out;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int rgb[] = {40 + 3 * x, 200 - 2 * y, 100 + x + y, 30};
      for (int i = 0; i < components; ++i) out.push_back(static_cast<uint8_t>(rgb[i]));
    }
  }
  return out;
}

std::string jpeg(int width, int height, J_COLOR_SPACE space, bool progressive = false) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = space == JCS_GRAYSCALE ? 1 : space == JCS_CMYK ? 4 : 3;
  info.in_color_space = space;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 98, TRUE);
  if (progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  auto pixels = slope(width, height, info.input_components);
  for (int y = 0; y < height; ++y) {
    JSAMPROW row = &pixels[static_cast<size_t>(y * width * info.input_components)];
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  std::string out(reinterpret_cast<char*>(bytes), size);
  jpeg_destroy_compress(&info);
  std::free(bytes);
  return out;
}

int largest_difference(const RgbImage& image, const std::vector<uint8_t>& wanted) {
  REQUIRE(image.pixels.size() == wanted.size());
  int out = 0;
  for (size_t i = 0; i < wanted.size(); ++i)
    out = std::max(out, std::abs(image.pixels[i] - wanted[i]));
  return out;
}

// Files of a picture with bits flipped or cut off: read or refused.
int refused(const std::string& bytes, int rounds) {
  int out = 0;
  uint64_t state = 21;
  for (int round = 0; round < rounds; ++round) {
    std::string damaged = bytes;
    for (int flips = 0; flips < 1 + round % 3; ++flips) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      damaged[(state >> 33) % damaged.size()] = static_cast<char>(state >> 20);
    }
    if (round % 4 == 0) damaged.resize((state >> 33) % damaged.size());
    try {
      const RgbImage image = decode_image(damaged, 10'000, "x");
      CHECK(image.pixels.size() == static_cast<size_t>(image.width * image.height * 3));
    } catch (const Error& error) {
      CHECK(error.code() == modhost::ErrorCode::data);
      ++out;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("PNG files scale to the means of the areas", "[own_data][pictures]") {
  for (const std::string name : {"wide", "tall", "grey"}) {
    const RgbImage image = decoded(name + ".png");
    for (const int64_t side : {3, 7, 10}) {
      CAPTURE(name, side);
      const Tensor wanted = expected("pictures/" + name + "/" + std::to_string(side));
      Tensor seen = torch::empty({3, side, side}, torch::kByte);
      crop_to_square(image, side, 3, seen.data_ptr<uint8_t>());
      CHECK(torch::equal(seen, wanted));
      Tensor grey = torch::empty({side, side}, torch::kByte);
      crop_to_square(image, side, 1, grey.data_ptr<uint8_t>());
      const Tensor rgb = wanted.to(torch::kDouble);
      const Tensor luma = (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]);
      CHECK((grey.to(torch::kDouble) - luma).abs().max().item<double>() <= 0.5 + 1e-9);
    }
  }
}

TEST_CASE("transparent pixels lie on white", "[own_data][pictures]") {
  const RgbImage image = decoded("half_clear.png");
  CHECK(std::vector<uint8_t>(image.pixels.begin(), image.pixels.begin() + 3) ==
        std::vector<uint8_t>{200, 10, 60});
  CHECK(std::vector<uint8_t>(image.pixels.begin() + 6, image.pixels.begin() + 9) ==
        std::vector<uint8_t>{255, 255, 255});
}

TEST_CASE("JPEG files are read in colour, in grey and with inks", "[own_data][pictures]") {
  const int width = 33, height = 20;
  for (const bool progressive : {false, true}) {
    const auto image = decode_image(jpeg(width, height, JCS_RGB, progressive), kMost, "x");
    CHECK(image.width == width);
    CHECK(largest_difference(image, slope(width, height, 3)) <= 6);
  }
  std::vector<uint8_t> grey, inks;
  const auto four = slope(width, height, 4), one = slope(width, height, 1);
  for (size_t i = 0; i < one.size(); ++i) {
    for (size_t c = 0; c < 3; ++c) {
      grey.push_back(one[i]);
      // Stored inverted, as Adobe does: 255 is no ink.
      inks.push_back(static_cast<uint8_t>((four[4 * i + c] * four[4 * i + 3] + 127) / 255));
    }
  }
  CHECK(largest_difference(decode_image(jpeg(width, height, JCS_GRAYSCALE), kMost, "x"), grey) <=
        3);
  CHECK(largest_difference(decode_image(jpeg(width, height, JCS_CMYK), kMost, "x"), inks) <= 3);
}

TEST_CASE("an image that claims too many pixels is not unpacked", "[own_data][pictures]") {
  CHECK_THROWS_WITH(decode_image(jpeg(40, 30, JCS_RGB), 1199, "big.jpg"),
                    Contains("'big.jpg' has 40 x 30 pixels"));
  CHECK(decode_image(jpeg(40, 30, JCS_RGB), 1200, "x").width == 40);
  std::string png = modhost::read_file(data("wide.png"));
  CHECK_THROWS_WITH(decode_image(png, 125, "w.png"), Contains("14 x 9 pixels"));
  // A JPEG whose header was changed to 65,500 x 65,500 pixels: nothing of that size is allocated.
  std::string huge = jpeg(40, 30, JCS_RGB);
  const size_t frame = huge.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  for (const size_t at : {5, 7}) huge.replace(frame + at, 2, "\xFF\xDC");
  CHECK_THROWS_WITH(decode_image(huge, 64'000'000, "h"), Contains("65500 x 65500 pixels"));
}

TEST_CASE("other and empty files are told", "[own_data][pictures]") {
  CHECK_THROWS_WITH(decode_image("", kMost, "e.png"), Contains("'e.png': the file is empty"));
  CHECK_THROWS_WITH(decode_image("GIF89a", kMost, "g.png"), Contains("neither PNG nor JPEG"));
  const std::string whole = jpeg(40, 30, JCS_RGB);
  CHECK_THROWS_WITH(decode_image(whole.substr(0, whole.size() / 2), kMost, "cut.jpg"),
                    Contains("'cut.jpg': damaged JPEG (Premature end"));
  CHECK_THROWS_WITH(
      decode_image(modhost::read_file(data("wide.png")).substr(0, 200), kMost, "cut.png"),
      Contains("'cut.png': damaged PNG"));
}

TEST_CASE("no damage to an image ends otherwise than by an error", "[own_data][pictures]") {
  CHECK(refused(modhost::read_file(data("tall.png")), 1500) > 1000);
  CHECK(refused(jpeg(40, 30, JCS_RGB), 1500) > 300);
  CHECK(refused(jpeg(40, 30, JCS_RGB, true), 1500) > 300);
}
