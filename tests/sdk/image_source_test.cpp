#include <modhost/error.h>
#include <modhost/image_source.h>
#include <torch/utils.h>

#include <atomic>
#include <catch2/catch.hpp>

using namespace modhost;

namespace {

constexpr int64_t kBytes = 1 * 2 * 3;

// Image i consists of the bytes 10 i, 10 i + 1, ...; its target is i mod 4.
class Counting : public ImageReader {
 public:
  explicit Counting(std::shared_ptr<std::atomic<int>> reads) : reads_(std::move(reads)) {}
  int64_t size() const override { return 8; }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    check(index != 7, ErrorCode::data, "image 7 is damaged");
    ++*reads_;
    for (int64_t i = 0; i < kBytes; ++i) pixels[i] = static_cast<uint8_t>(10 * index + i);
    return index % 4;
  }

 private:
  std::shared_ptr<std::atomic<int>> reads_;
};

struct Images {
  std::shared_ptr<std::atomic<int>> reads = std::make_shared<std::atomic<int>>(0);
  ImageSource source;

  explicit Images(int64_t bytes, const PixelScale& scale = {})
      : source(std::make_unique<Counting>(reads), {1, 2, 3}, scale,
               std::make_shared<ImageMemory>(bytes)) {}
};

}  // namespace

TEST_CASE("an image source gives the bytes on its scale, and the targets", "[image_source]") {
  const Images images(1000, {10, 4});
  const Batch batch = images.source.load({3, 1});
  REQUIRE(batch.input.sizes() == torch::IntArrayRef({2, 1, 2, 3}));
  for (int64_t i = 0; i < kBytes; ++i) {
    CHECK(batch.input[0].flatten()[i].item<double>() == (30 + i - 10) / 4.0);
    CHECK(batch.input[1].flatten()[i].item<double>() == (10 + i - 10) / 4.0);
  }
  CHECK(torch::equal(batch.target, torch::tensor({3, 1}, torch::kLong)));
  CHECK(images.source.groups().empty());
}

TEST_CASE("an image is read once while there is room", "[image_source]") {
  const Images images(1000);
  const Batch first = images.source.load({0, 1, 2, 5});
  const Batch again = images.source.load({5, 2, 2, 0});
  CHECK(*images.reads == 4);
  CHECK(torch::equal(again.input[0], first.input[3]));
  CHECK(torch::equal(again.input[1], again.input[2]));
  CHECK(torch::equal(again.target, torch::tensor({1, 2, 2, 0}, torch::kLong)));
}

TEST_CASE("what does not fit into memory is read again, with the same result", "[image_source]") {
  const Images images(2 * kBytes + 1);
  const Batch first = images.source.load({0, 1, 2, 3});
  CHECK(*images.reads == 4);
  const Batch again = images.source.load({0, 1, 2, 3});
  CHECK(*images.reads == 6);  // two of them were kept
  CHECK(torch::equal(first.input, again.input));
  CHECK(torch::equal(first.target, again.target));

  const Images none(0);
  const Batch same = none.source.load({4, 2, 4});
  CHECK(*none.reads == 2);
  CHECK(torch::equal(same.input[0], same.input[2]));
  CHECK(same.target[2].item<int64_t>() == 0);
}

TEST_CASE("an image that cannot be read is an error of the load", "[image_source]") {
  const Images images(1000);
  CHECK_THROWS_WITH(images.source.load({0, 7, 1}), "image 7 is damaged");
  CHECK_NOTHROW(images.source.load({0, 1}));
  CHECK_THROWS(images.source.load({8}));
}
