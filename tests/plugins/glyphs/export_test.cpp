// What glyphs write, mnist and cifar10 read: the same pixels, labels and order.
#include <modhost/error.h>
#include <modhost/random.h>

#include <catch2/catch.hpp>

#include "../../core/test_folder.h"
#include "cifar10.h"
#include "glyph.h"
#include "glyphs.h"
#include "mnist.h"

using namespace modhost;
using namespace modhost_glyphs;

namespace {

std::shared_ptr<GlyphsOptions> glyph_options(int64_t side, int64_t channels) {
  auto options = std::make_shared<GlyphsOptions>();
  options->side.set(side);
  options->channels.set(channels);
  options->train.set(23);
  options->validation.set(4);
  options->test.set(7);
  return options;
}

// As they were painted.
std::vector<uint8_t> painted(const GlyphsOptions& options, const std::string& split,
                             int64_t index) {
  Look look;
  look.side = options.side();
  look.channels = options.channels();
  std::vector<uint8_t> out(static_cast<size_t>(look.channels * look.side * look.side));
  const uint64_t seed = derive_seed(static_cast<uint64_t>(options.seed()), split);
  paint_glyph(static_cast<int>(index % kGlyphs), look,
              derive_seed(seed, static_cast<uint64_t>(index)), out.data());
  return out;
}

// read: all of the training file with bytes as 0 .. 1.
void check_images(const Source& read, int64_t first, int64_t count, const std::string& split,
                  const GlyphsOptions& options) {
  for (int64_t index = 0; index < count; ++index) {
    const Batch batch = read.load({first + index});
    const Tensor bytes = (batch.input * 255).round().to(torch::kByte).contiguous();
    const std::vector<uint8_t> got(bytes.data_ptr<uint8_t>(),
                                   bytes.data_ptr<uint8_t>() + bytes.numel());
    REQUIRE(got == painted(options, split, index));
    CHECK(batch.target.item<int64_t>() == index % kGlyphs);
  }
}

template <typename Reader>
void check_round_trip(int64_t side, int64_t channels) {
  const TestFolder folder;
  const auto given = glyph_options(side, channels);
  Glyphs(given).export_to(folder.path() / "files");
  auto options = std::make_shared<typename Reader::OptionsType>();
  options->folder.set((folder.path() / "files").string());
  options->split.set("whole");
  options->normalise.set("unit");
  const Reader reader(options);
  const auto train = reader.all(Split::train), test = reader.all(Split::test);
  REQUIRE(train->size() == 27);
  REQUIRE(test->size() == 7);
  check_images(*train, 0, 23, "train", *given);
  check_images(*train, 23, 4, "validation", *given);
  check_images(*test, 0, 7, "test", *given);
}

}  // namespace

TEST_CASE("grey glyphs come back from the format of MNIST", "[glyphs]") {
  check_round_trip<modhost_mnist::Mnist>(28, 1);
}

TEST_CASE("colour glyphs come back from the format of CIFAR-10", "[glyphs]") {
  check_round_trip<modhost_cifar10::Cifar10>(32, 3);
}

TEST_CASE("glyphs of other sizes have no file format", "[glyphs]") {
  const TestFolder folder;
  CHECK_THROWS_WITH(Glyphs(glyph_options(28, 3)).export_to(folder.path() / "x"),
                    Catch::Contains("28 pixels have no file format"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "x"));
  const auto none = glyph_options(32, 3);
  none->test.set(0);
  CHECK_THROWS_AS(Glyphs(none).export_to(folder.path() / "x"), Error);
}
