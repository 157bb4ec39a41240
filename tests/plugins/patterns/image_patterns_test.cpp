#include "image_patterns.h"

#include <modhost/error.h>
#include <modhost/idx.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "../../core/test_folder.h"
#include "pattern.h"

using namespace modhost;
using namespace modhost_patterns;
using Catch::Contains;

namespace {

template <typename O>
std::shared_ptr<O> small_options() {
  auto options = std::make_shared<O>();
  options->train.set(300);
  options->validation.set(20);
  options->test.set(100);
  return options;
}

Batch everything(const Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return source.load(indices);
}

}  // namespace

TEST_CASE("a network counts lines", "[patterns]") {
  const Lines lines(std::make_shared<PatternOptions>());
  CHECK(lines.signature().text() == "image [1, 28, 28] -> classes [10]");
  CHECK(lines.describe() == "60,000 images (1 to 10 vertical lines, 28x28 pixels, generated)");
  const Lines few(small_options<PatternOptions>());
  const Batch batch = everything(*few.all(Split::test));
  // As many columns of ones in the first row as the label says; nothing but 0 and 1.
  CHECK(torch::equal(batch.input.select(2, 0).sum({1, 2}).to(torch::kLong), batch.target + 1));
  CHECK(((batch.input == 0).logical_or(batch.input == 1)).all().item<bool>());
}

TEST_CASE("a task leaves out a number of lines", "[patterns]") {
  const Lines lines(small_options<PatternOptions>());
  CHECK(lines.tasks().front().name == "without_1");
  const Tensor kept = everything(*lines.task("without_10", Split::train)).target;
  const Tensor left = everything(*lines.other("without_10", Split::train)).target;
  CHECK(!(kept == 9).any().item<bool>());
  CHECK((left == 9).all().item<bool>());
  CHECK(kept.numel() + left.numel() == 300);
  CHECK(left.numel() > 0);
}

TEST_CASE("splits differ, samples stay, whatever the memory and the threads", "[patterns]") {
  const auto options = small_options<PatternOptions>();
  const auto first = everything(*Noise(options).all(Split::train));
  options->cache_mb.set(0);
  const int threads = torch::get_num_threads();
  torch::set_num_threads(3);
  const auto again = everything(*Noise(options).all(Split::train));
  torch::set_num_threads(threads);
  CHECK(torch::equal(first.input, again.input));
  CHECK(torch::equal(first.target, again.target));
  const auto test = everything(*Noise(options).all(Split::test));
  CHECK(!torch::equal(first.input[0], test.input[0]));
  options->seed.set(43);
  CHECK(!torch::equal(everything(*Noise(options).all(Split::train)).input[0], first.input[0]));
}

TEST_CASE("channels show the same, groups are the labels", "[patterns]") {
  const auto options = small_options<CircleOptions>();
  options->tile.set(3);
  const Circles circles(options);
  const auto source = circles.all(Split::test);
  const Batch batch = everything(*source);
  CHECK(batch.input.sizes().vec() == std::vector<int64_t>{100, 3, 28, 28});
  CHECK(torch::equal(batch.input.select(1, 0), batch.input.select(1, 2)));
  CHECK(source->groups().front() == "0");
  for (int64_t i = 0; i < 100; ++i) CHECK(source->group(i) == batch.target[i].item<int64_t>());
}

TEST_CASE("circles that do not fit are refused", "[patterns]") {
  CircleOptions options;
  options.side.set(10);
  options.radius.set(5);
  CHECK_THROWS_WITH(options.validate(), Contains("radius 5 do not fit into images of 10 pixels"));
  options.radius.set(4);
  CHECK_NOTHROW(options.validate());
}

TEST_CASE("lines are written as MNIST is", "[patterns]") {
  const TestFolder folder;
  const Lines lines(small_options<PatternOptions>());
  lines.export_to(folder.path());
  const IdxArray images = read_idx(folder.path() / "train-images-idx3-ubyte.gz", 3);
  CHECK(images.shape == std::vector<int64_t>{320, 28, 28});
  const IdxArray labels = read_idx(folder.path() / "t10k-labels-idx1-ubyte.gz", 1);
  const Tensor target = everything(*lines.all(Split::test)).target;
  for (int64_t i = 0; i < 100; ++i) {
    CHECK(labels.bytes[static_cast<size_t>(i)] == target[i].item<int64_t>());
  }
  auto tiled = small_options<PatternOptions>();
  tiled->tile.set(3);
  CHECK_THROWS_WITH(Lines(tiled).export_to(folder.path()), Contains("of 3 channels"));
}
