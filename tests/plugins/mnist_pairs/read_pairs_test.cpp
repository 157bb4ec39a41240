// The dataset with digits from files: which of them it takes.
#include <modhost/error.h>
#include <modhost/files.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "../../core/test_folder.h"
#include "mnist_pairs.h"

using namespace modhost;
using namespace modhost_mnist_pairs;
using Catch::Contains;

namespace {

constexpr uint8_t kTrainFile = 50, kTestFile = 60;

// Of image i: which file, i, label, then pixels of which no two near each other are the same.
LabelledImages signed_images(uint8_t file, int64_t count, int64_t kinds) {
  LabelledImages out{{1, 28, 28}, {}, {}};
  for (int64_t i = 0; i < count; ++i) {
    const auto label = static_cast<uint8_t>(i % kinds);
    std::vector<uint8_t> pixels(784);
    for (size_t p = 0; p < 784; ++p) pixels[p] = static_cast<uint8_t>(31 * i + 7 * p + p / 28);
    pixels[0] = file;
    pixels[1] = static_cast<uint8_t>(i);
    pixels[2] = label;
    out.pixels.insert(out.pixels.end(), pixels.begin(), pixels.end());
    out.labels.push_back(label);
  }
  return out;
}

void write_digits(const TestFolder& folder, int64_t train, int64_t test, int64_t kinds = 10) {
  write_idx_files(signed_images(kTrainFile, train, kinds), folder.path() / "train");
  write_idx_files(signed_images(kTestFile, test, kinds), folder.path() / "t10k");
}

std::shared_ptr<MnistPairsOptions> read_from(const std::filesystem::path& folder, int64_t train,
                                             int64_t beside) {
  auto out = std::make_shared<MnistPairsOptions>();
  out->source.set("mnist");
  out->folder.set(folder.string());
  out->train.set(train);
  out->validation.set(beside);
  out->test.set(beside);
  return out;
}

// What a half of a sample says of itself.
struct Mark {
  int64_t file, image, label;
};

int64_t level(const Tensor& value) { return std::lround(255 * value.item<double>()); }

Mark mark_of(const Tensor& input, int64_t sample, int64_t half) {
  const Tensor row = input[sample][0][0];
  const int64_t at = 28 * half;
  return {level(row[at]), level(row[at + 1]), level(row[at + 2])};
}

Batch everything(const Source& source) {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < source.size(); ++i) indices.push_back(i);
  return source.load(indices);
}

std::string refusal(const std::shared_ptr<MnistPairsOptions>& options, Split split) {
  try {
    MnistPairs(options).all(split);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    CHECK(error.full().find('\n') == std::string::npos);
    return error.full();
  }
  return "";
}

}  // namespace

TEST_CASE("every pair is labelled with the digits that it shows", "[mnist_pairs]") {
  const TestFolder folder;
  write_digits(folder, 180, 60);
  for (const std::string targets : {"digits", "xor"}) {
    const auto options = read_from(folder.path(), 4, 3);
    options->targets.set(targets);
    const MnistPairs dataset(options);
    for (const Split split : {Split::train, Split::validation, Split::test}) {
      const Batch batch = everything(*dataset.all(split));
      for (int64_t i = 0; i < batch.size(); ++i) {
        const int64_t left = mark_of(batch.input, i, 0).label;
        const int64_t right = mark_of(batch.input, i, 1).label;
        Tensor expected = torch::zeros({20});
        if (targets == "digits") {
          expected[left] = 1;
          expected[10 + right] = 1;
        } else {
          REQUIRE(left < 8);
          REQUIRE(right < 8);
          expected = torch::tensor({left / 4 != right / 4 ? 1.0F : 0.0F,
                                    left / 2 % 2 != right / 2 % 2 ? 1.0F : 0.0F,
                                    left % 2 != right % 2 ? 1.0F : 0.0F});
        }
        CHECK(torch::equal(batch.target[i], expected));
      }
    }
  }
}

TEST_CASE("no digit is in two splits", "[mnist_pairs]") {
  const TestFolder folder;
  write_digits(folder, 180, 60);
  const MnistPairs dataset(read_from(folder.path(), 60, 9));
  std::map<Split, std::set<int64_t>> used;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    const Tensor input = everything(*dataset.all(split)).input;
    for (int64_t i = 0; i < input.size(0); ++i) {
      for (const int64_t half : {0, 1}) {
        const Mark mark = mark_of(input, i, half);
        CHECK(mark.file == (split == Split::test ? kTestFile : kTrainFile));
        used[split].insert(mark.image);
      }
    }
  }
  // A sixth of the 18 images of each digit is held out; with so many pairs each image is used.
  CHECK(used[Split::train].size() == 150);
  CHECK(used[Split::validation].size() == 30);
  CHECK(used[Split::test].size() == 60);
  for (const int64_t image : used[Split::validation]) CHECK(used[Split::train].count(image) == 0);
}

TEST_CASE("digits are drawn with equal chances, each half by itself", "[mnist_pairs]") {
  const auto set = read_digits({std::make_shared<LabelledImages>(signed_images(1, 1, 10)),
                                std::make_shared<LabelledImages>(signed_images(2, 20, 10))},
                               3)
                       .test;
  constexpr int64_t kEach = 400;
  const PairReader reader(set, 10, kEach, 5);
  std::map<std::pair<int64_t, int64_t>, int64_t> counts;
  for (int64_t i = 0; i < reader.size(); ++i) {
    const DigitPair pair = reader.pair(i);
    ++counts[{pair.left_number, pair.right_number}];
  }
  REQUIRE(counts.size() == 4);
  // Binomial: 40,000 draws with chance 1/4 have a deviation of sqrt(40,000 * 3 / 16) = 87.
  for (const auto& [numbers, count] : counts) CHECK(std::abs(count - 10'000) < 5 * 87);
}

TEST_CASE("the left digit fills the left half, row by row", "[mnist_pairs]") {
  const TestFolder folder;
  write_digits(folder, 180, 60);
  const LabelledImages truth = signed_images(kTestFile, 60, 10);
  const Tensor input =
      everything(*MnistPairs(read_from(folder.path(), 1, 1)).all(Split::test)).input;
  for (int64_t i = 0; i < input.size(0); i += 7) {
    const Tensor flat = input[i].flatten();
    REQUIRE(flat.size(0) == 1568);
    const int64_t images[] = {mark_of(input, i, 0).image, mark_of(input, i, 1).image};
    for (int64_t at = 0; at < 1568; ++at) {
      const int64_t row = at / 56, column = at % 56;
      const int64_t from = 784 * images[column / 28] + 28 * row + column % 28;
      if (level(flat[at]) != truth.pixels[static_cast<size_t>(from)]) FAIL(i << ", value " << at);
    }
  }
}

TEST_CASE("what is missing or too little is told in a line", "[mnist_pairs]") {
  const std::string nothing = refusal(read_from("/no/such/folder", 1, 1), Split::train);
  CHECK_THAT(nothing, Contains("/no/such/folder") && Contains("train-images-idx3-ubyte.gz") &&
                          Contains("modhost data prepare mnist "));
  const TestFolder folder;
  write_digits(folder, 180, 60);  // 15, 3 and 6 of each digit
  const auto at = [&](int64_t train, int64_t beside) {
    return read_from(folder.path(), train, beside);
  };
  CHECK(refusal(at(225, 9), Split::train).empty());
  CHECK_THAT(refusal(at(226, 9), Split::train),
             Contains(folder.path().string()) &&
                 Contains("for train pairs: 15 of digit 0 and 15 of digit 0 make 225 pairs '00', "
                          "needed are 226") &&
                 Contains("give '--dataset.train 225'"));
  CHECK_THAT(refusal(at(1, 10), Split::validation), Contains("make 9 pairs '00'"));
  CHECK(refusal(at(1, 36), Split::test).empty());
  CHECK_THAT(refusal(at(1, 37), Split::test), Contains("make 36 pairs"));
  // Pairs that are not asked for need no digits.
  write_digits(folder, 9, 60, 9);
  CHECK_THAT(refusal(at(1, 1), Split::train), Contains("1 of digit 0 and 0 of digit 9 make 0"));
  const auto differ = at(1, 0);
  differ->targets.set("xor");
  CHECK(refusal(differ, Split::train).empty());
  CHECK(refusal(differ, Split::validation).empty());
  write_file_atomically(folder.path() / "t10k-labels-idx1-ubyte.gz", "no such format");
  CHECK_THAT(refusal(differ, Split::train), Contains("t10k-labels-idx1-ubyte.gz"));
}

TEST_CASE("which digits are held out depends on the seed", "[mnist_pairs]") {
  const auto train = std::make_shared<LabelledImages>(signed_images(kTrainFile, 240, 10));
  const auto test = std::make_shared<LabelledImages>(signed_images(kTestFile, 10, 10));
  const auto held_out = [&](uint64_t seed) {
    std::set<int64_t> out;
    const auto set = read_digits({train, test}, seed).validation;
    std::vector<uint8_t> pixels(784);
    for (int digit = 0; digit < 10; ++digit) {
      CHECK(set->count(digit) == 4);
      for (int64_t number = 0; number < set->count(digit); ++number) {
        set->copy(digit, number, pixels.data());
        CHECK(pixels[2] == digit);
        out.insert(pixels[1]);
      }
    }
    return out;
  };
  CHECK(held_out(1) == held_out(1));
  CHECK(held_out(1) != held_out(2));
  CHECK(held_out(1).size() == 40);
}
