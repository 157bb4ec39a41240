// The dataset with drawn digits.
#include "mnist_pairs.h"

#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/idx.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_mnist_pairs;
using Catch::Contains;

namespace {

using Given = std::shared_ptr<MnistPairsOptions>;

Given few(int64_t each, const std::string& targets = "digits") {
  auto out = std::make_shared<MnistPairsOptions>();
  out->train.set(each);
  out->validation.set(each);
  out->test.set(each);
  out->targets.set(targets);
  return out;
}

Batch everything(const Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return source.load(indices);
}

uint32_t big_endian(const std::string& bytes, size_t at) {
  uint32_t out = 0;
  for (size_t i = at; i < at + 4; ++i) out = out << 8 | static_cast<uint8_t>(bytes.at(i));
  return out;
}

}  // namespace

TEST_CASE("there are as many pairs as in the study", "[mnist_pairs]") {
  const MnistPairs digits(std::make_shared<MnistPairsOptions>());
  CHECK(digits.signature().text() == "image [1, 28, 56] -> bits [20]");
  CHECK(digits.all(Split::train)->size() == 80'000);
  CHECK(digits.all(Split::validation)->size() == 20'000);
  CHECK(digits.all(Split::test)->size() == 20'000);
  CHECK(digits.describe() == "80,000 pairs (100 classes, 28x56 pixels, digits drawn)");
  CHECK(digits.chance() == Approx(0.9));
  const auto given = std::make_shared<MnistPairsOptions>();
  given->targets.set("xor");
  const MnistPairs differ(given);
  CHECK(differ.signature().text() == "image [1, 28, 56] -> bits [3]");
  CHECK(differ.all(Split::train)->size() == 51'200);
  CHECK(differ.all(Split::test)->size() == 12'800);
  CHECK(differ.chance() == 0.5);
}

TEST_CASE("each class has the same number of pairs, in turn", "[mnist_pairs]") {
  for (const std::string targets : {"digits", "xor"}) {
    const int64_t kinds = targets == "xor" ? 8 : 10;
    const MnistPairs dataset(few(3, targets));
    const auto reader = dataset.reader(Split::train);
    REQUIRE(reader->size() == 3 * kinds * kinds);
    for (int64_t i = 0; i < reader->size(); ++i) {
      const DigitPair pair = reader->pair(i);
      CHECK(pair.left == i / kinds % kinds);
      CHECK(pair.right == i % kinds);
    }
  }
}

TEST_CASE("the bits of a pair are those of its digits, and values are 0 to 1", "[mnist_pairs]") {
  const MnistPairs digits(few(2)), differ(few(2, "xor"));
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const Batch batch = everything(*digits.all(split));
    REQUIRE(batch.input.sizes() == torch::IntArrayRef({200, 1, 28, 56}));
    CHECK(batch.input.min().item<float>() == 0);
    CHECK(batch.input.max().item<float>() == 1);
    for (int64_t i = 0; i < 200; ++i) {
      const Tensor expected = torch::zeros({20});
      expected[i % 100 / 10] = 1;
      expected[10 + i % 10] = 1;
      CHECK(torch::equal(batch.target[i], expected));
    }
    const Tensor bits = everything(*differ.all(split)).target;
    REQUIRE(bits.sizes() == torch::IntArrayRef({128, 3}));
    for (int64_t i = 0; i < 128; ++i) {
      const int64_t left = i % 64 / 8, right = i % 8;
      const int64_t said = 4 * bits[i][0].item<int64_t>() + 2 * bits[i][1].item<int64_t>() +
                           bits[i][2].item<int64_t>();
      // Without the operator: a bit is set in the sum and not carried.
      int64_t expected = 0;
      for (int64_t bit = 1; bit < 8; bit *= 2) {
        if (left / bit % 2 != right / bit % 2) expected += bit;
      }
      CHECK(said == expected);
    }
  }
}

TEST_CASE("a pair is a function of seed, split, class and number", "[mnist_pairs]") {
  const Batch first = everything(*MnistPairs(few(2)).all(Split::train));
  CHECK(torch::equal(everything(*MnistPairs(few(2)).all(Split::train)).input, first.input));
  // Of more pairs, the first ones are the same.
  const Batch more = everything(*MnistPairs(few(4)).all(Split::train));
  CHECK(torch::equal(more.input.narrow(0, 0, 200), first.input));
  const Given other = few(2);
  other->seed.set(1);
  const Batch others = everything(*MnistPairs(other).all(Split::train));
  CHECK(torch::equal(others.target, first.target));
  for (int64_t i = 0; i < 200; ++i) CHECK(!torch::equal(others.input[i], first.input[i]));
  // Both tasks show the same pairs: "25" is class 25 of 100 and 21 of 64.
  const Batch differ = everything(*MnistPairs(few(2, "xor")).all(Split::train));
  CHECK(torch::equal(differ.input[21], first.input[25]));
  CHECK(torch::equal(differ.input[64 + 21], first.input[125]));
  // Without memory everything is drawn again.
  const Given forgetful = few(2);
  forgetful->cache_mb.set(0);
  const MnistPairs dataset(forgetful);
  const auto source = dataset.all(Split::train);
  CHECK(torch::equal(everything(*source).input, first.input));
  CHECK(torch::equal(everything(*source).input, first.input));
}

TEST_CASE("splits have digits of their own", "[mnist_pairs]") {
  std::set<std::vector<float>> seen;  // halves
  size_t own = 0;
  const MnistPairs dataset(few(2));
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    std::set<std::vector<float>> halves;
    const Tensor input = everything(*dataset.all(split)).input;
    for (int64_t i = 0; i < input.size(0); ++i) {
      for (const int64_t begin : {0, 28}) {
        const Tensor half = input[i].narrow(2, begin, 28).contiguous();
        halves.emplace(half.data_ptr<float>(), half.data_ptr<float>() + half.numel());
      }
    }
    own += halves.size();
    seen.merge(halves);
  }
  CHECK(seen.size() == own);
  CHECK(own > 1100);  // 1,200 digits, of which few are drawn twice
}

TEST_CASE("a folder is asked for only when digits are read", "[mnist_pairs]") {
  MnistPairsOptions options;
  options.folder.set("/some/where");
  CHECK_THROWS_WITH(options.validate(), Contains("'dataset.folder' is '/some/where'"));
  options.source.set("mnist");
  CHECK_NOTHROW(options.validate());
  CHECK(MnistPairs(few(1)).files().list.empty());
}

TEST_CASE("a page shows a pair of each class", "[mnist_pairs]") {
  const TestFolder folder;
  const auto page = folder.path() / "page.png";
  MnistPairs(few(1)).show(page);
  const std::string bytes = read_file(page);
  CHECK(bytes.substr(1, 3) == "PNG");
  CHECK(big_endian(bytes, 16) >= 10 * 56);  // wide and high
  CHECK(big_endian(bytes, 20) >= 10 * 28);
  CHECK_THROWS_WITH(MnistPairs(few(0)).show(page), Contains("there is no pair to show"));
}

TEST_CASE("pairs are exported with numbers of two digits", "[mnist_pairs]") {
  const TestFolder folder;
  const MnistPairs dataset(few(1, "xor"));
  dataset.export_to(folder.path() / "pairs");
  const auto read = [&](const std::string& name, size_t dimensions) {
    return read_idx(folder.path() / "pairs" / name, dimensions);
  };
  const IdxArray images = read("t10k-images-idx3-ubyte.gz", 3);
  CHECK(images.shape == std::vector<int64_t>{64, 28, 56});
  const IdxArray labels = read("t10k-labels-idx1-ubyte.gz", 1);
  REQUIRE(labels.shape == std::vector<int64_t>{64});
  for (int i = 0; i < 64; ++i) CHECK(labels.bytes[static_cast<size_t>(i)] == i / 8 * 10 + i % 8);
  const Tensor input = everything(*dataset.all(Split::test)).input.flatten() * 255;
  for (int64_t i = 0; i < input.numel(); i += 97) {
    CHECK(std::lround(input[i].item<float>()) == images.bytes[static_cast<size_t>(i)]);
  }
  CHECK(read("train-images-idx3-ubyte.gz", 3).shape == std::vector<int64_t>{128, 28, 56});
  CHECK_THROWS_WITH(MnistPairs(few(10'000)).export_to(folder.path()), Contains("3,000,000 pairs"));
}
