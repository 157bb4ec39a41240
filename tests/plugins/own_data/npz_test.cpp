// Arrays as a dataset, against what NumPy computed from them.
#include <modhost/error.h>
#include <torch/utils.h>

#include <cmath>
#include <functional>

#include "npz_dataset.h"
#include "own_data_helpers.h"

using namespace modhost;
using namespace modhost_own_data;
using namespace own_data_tests;
using Catch::Contains;

namespace {

std::shared_ptr<NpzOptions> options_for(const std::string& file) {
  auto options = std::make_shared<NpzOptions>();
  options->file.set(file);
  return options;
}

std::shared_ptr<NpzOptions> images() {
  auto options = options_for(data("images.npz").string());
  options->x.set("images");
  options->y.set("labels");
  return options;
}

std::string refusal(const NpzArrays& arrays, const std::function<void(NpzOptions&)>& change = {}) {
  const TemporaryFolder folder("npz");
  const auto file = folder.path / "a.npz";
  write_npz(file, arrays);
  auto options = options_for(file.string());
  if (change) change(*options);
  try {
    const Npz dataset(options);
    dataset.signature();
    everything(*dataset.all(Split::train));
  } catch (const Error& error) {
    return error.full();
  }
  return "";
}

NpzArrays small() {
  NpzArrays arrays;
  std::vector<float> x(20);
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i * i);
  arrays.emplace("x", make_npy<float>({10, 2}, x));
  arrays.emplace("y", make_npy<int64_t>({10}, {0, 1, 0, 1, 0, 1, 0, 1, 0, 1}));
  return arrays;
}

}  // namespace

TEST_CASE("features with text labels, tasks and splits in arrays", "[own_data][npz]") {
  const Npz dataset(options_for(data("features.npz").string()));
  CHECK(dataset.signature().text() == "features [5] -> classes [3]");
  const Tensor part = expected("features/part");
  for (const Split split : kSplits) {
    const Batch batch = everything(*dataset.all(split));
    check_close(batch.input, rows_in(expected("features/input"), part, split));
    CHECK(torch::equal(batch.target, rows_in(expected("features/target"), part, split)));
  }
  CHECK(dataset.all(Split::test)->groups() == std::vector<std::string>{"a", "b", "ccc"});
  REQUIRE(dataset.tasks().size() == 2);
  CHECK(dataset.tasks()[0].name == "even");
  const Tensor all = expected("features/input");  // row 4, 9, ... are for the test; 4 is b"odd"
  check_close(everything(*dataset.task("odd", Split::test)).input,
              all.index_select(0, torch::tensor({4, 14, 24, 34})));
  check_close(everything(*dataset.other("odd", Split::test)).input,
              all.index_select(0, torch::tensor({9, 19, 29, 39})));
}

TEST_CASE("images with channels last in arrays for each split", "[own_data][npz]") {
  const auto options = images();
  const Npz dataset(options);
  CHECK(dataset.signature().text() == "image [3, 6, 5] -> classes [4]");
  CHECK(dataset.all(Split::train)->size() == 20);
  const Batch test = everything(*dataset.all(Split::test));
  check_close(test.input, expected("images/standard").narrow(0, 24, 6));
  CHECK(torch::equal(test.target, expected("images/target").narrow(0, 24, 6)));
  options->normalize.set("unit");
  check_close(everything(*Npz(options).all(Split::validation)).input,
              expected("images/unit").narrow(0, 20, 4));
  options->normalize.set("none");
  check_close(everything(*Npz(options).all(Split::train)).input,
              expected("images/unit").narrow(0, 0, 20));
  options->layout.set("channels_first");
  CHECK(Npz(options).signature().text() == "image [6, 5, 3] -> classes [4]");
}

TEST_CASE("sequences of 16-bit numbers with real values", "[own_data][npz]") {
  const auto options = options_for(data("sequences.npz").string());
  options->x.set("inputs");
  options->y.set("outputs");
  options->normalize.set("unit");
  options->splits.validation_share.set(0);
  const Npz dataset(options);
  CHECK(dataset.signature().text() == "sequence [3, 2] -> values [2]");
  CHECK(dataset.all(Split::validation)->size() == 0);
  const Batch train = everything(*dataset.all(Split::train));
  check_close(train.input, expected("sequences/input").narrow(0, 0, 12));
  CHECK(torch::equal(train.target, expected("sequences/target").narrow(0, 0, 12)));
  check_close(everything(*dataset.all(Split::test)).input,
              expected("sequences/input").narrow(0, 12, 8));
}

TEST_CASE("what a sample is can be said", "[own_data][npz]") {
  NpzArrays arrays;
  arrays.emplace("x", make_npy<float>({4, 3, 2}, std::vector<float>(24, 1)));
  arrays.emplace("y", make_npy<int64_t>({4}, {5, -3, 5, 7}));
  const TemporaryFolder folder("input");
  write_npz(folder.path / "a.npz", arrays);
  const auto options = options_for((folder.path / "a.npz").string());
  options->splits.test_share.set(0);
  options->splits.validation_share.set(0);
  CHECK(Npz(options).signature().text() == "sequence [3, 2] -> classes [3]");
  options->input.set("image");
  CHECK(Npz(options).signature().text() == "image [1, 3, 2] -> classes [3]");
  CHECK(Npz(options).all(Split::train)->groups() == std::vector<std::string>{"-3", "5", "7"});
  options->target.set("values");
  CHECK(Npz(options).signature().text() == "image [1, 3, 2] -> values [1]");
}

TEST_CASE("classes can have names, also such as no sample has", "[own_data][npz]") {
  const TemporaryFolder folder("names");
  write_npz(folder.path / "a.npz", small());
  const auto options = options_for((folder.path / "a.npz").string());
  options->class_names.set({"cat", "dog", "eel"});
  const Npz dataset(options);
  CHECK(dataset.signature().text() == "features [2] -> classes [3]");
  CHECK(dataset.tasks()[1].name == "without_dog");
  options->class_names.set({"cat"});
  CHECK_THROWS_WITH(Npz(options).signature(), Contains("has the label 1") && Contains("0 .. 0"));
}

TEST_CASE("arrays that do not fit are told by name and shape", "[own_data][npz]") {
  CHECK(refusal(small()).empty());
  const auto with = [](const std::string& name, NpyArray array) {
    NpzArrays arrays = small();
    arrays[name] = std::move(array);
    return arrays;
  };
  CHECK_THAT(refusal(small(), [](NpzOptions& o) { o.x.set("X"); }),
             Contains("no array 'X' in '") && Contains("a.npz', which has x, y") &&
                 Contains("did you mean 'x'?"));
  CHECK_THAT(refusal(small(), [](NpzOptions& o) { o.y.set("wanted"); }),
             Contains("no array 'wanted'") && Contains("name it by --dataset.y NAME"));
  CHECK_THAT(refusal(with("y", make_npy<int64_t>({9}, std::vector<int64_t>(9)))),
             Contains("array 'y' has the shape [9], but 'x' has 10 samples"));
  CHECK_THAT(refusal(with("y", make_npy<int64_t>({10, 2}, std::vector<int64_t>(20)))),
             Contains("'y'") && Contains("--dataset.target values"));
  CHECK_THAT(refusal(with("x", make_npy<float>({}, {1}))), Contains("single number"));
  CHECK_THAT(refusal(with("x", make_npy_strings(std::vector<std::string>(10, "a")))),
             Contains("needed numbers"));
  CHECK_THAT(refusal(with("split", make_npy<int64_t>({10}, {0, 0, 3, 0, 0, 0, 0, 0, 0, 0}))),
             Contains("array 'split' has '3' in row 2, needed 0, 1, 2"));
  std::vector<float> odd(20, 1);
  odd[13] = NAN;
  CHECK_THAT(refusal(with("x", make_npy<float>({10, 2}, odd))),
             Contains("array 'x' has a number that is not finite") && Contains("sample 6"));
  CHECK_THAT(refusal(with("x", make_npy<float>({10, 2, 1, 1, 1}, odd))),
             Contains("[samples, features]"));
  CHECK_THAT(refusal(small(), [](NpzOptions& o) { o.input.set("image"); }),
             Contains("[n, c, h, w]"));
  CHECK_THAT(refusal(with("x_test", make_npy<double>({10, 2}, std::vector<double>(20)))),
             Contains("y_test"));
  CHECK_THAT(refusal(small(),
                     [](NpzOptions& o) {
                       o.splits.validation_share.set(0.9);
                       o.splits.test_share.set(0.9);
                     }),
             Contains("no samples are left for training, of 10"));
}

TEST_CASE("a damaged file of arrays is refused", "[own_data][npz]") {
  std::string bytes;
  {
    std::ifstream file(data("features.npz"), std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  const TemporaryFolder folder("damage");
  uint64_t state = 9;
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string damaged = bytes;
    state = state * 6364136223846793005U + 1442695040888963407U;
    damaged[(state >> 33) % damaged.size()] ^= static_cast<char>(1 << (state >> 20) % 8);
    if (round % 3 == 0) damaged.resize((state >> 33) % damaged.size());
    try {
      const Npz dataset(options_for(folder.write("a.npz", damaged)));
      dataset.signature();
      everything(*dataset.all(Split::train));
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 200);
}

TEST_CASE("only images have a picture to show", "[own_data][npz]") {
  const TemporaryFolder folder("show");
  Npz(images()).show(folder.path / "a.png");
  CHECK(std::filesystem::file_size(folder.path / "a.png") > 1000);
  CHECK_THROWS_WITH(Npz(options_for(data("features.npz").string())).show(folder.path / "b.png"),
                    Contains("only images can be shown"));
}
