// On small files that numpy wrote: tests/data/mnist/make_mnist.py.
#include "mnist.h"

#include <modhost/error.h>
#include <modhost/random.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "../../core/test_folder.h"

using namespace modhost;
using namespace modhost_mnist;
using Catch::Contains;

namespace {

const std::string kData = MODHOST_TEST_DATA "/mnist";

nlohmann::json numpy() { return nlohmann::json::parse(std::ifstream(kData + "/numpy.json")); }

std::shared_ptr<Mnist::OptionsType> options(const OptionTable& given = {}) {
  auto out = std::make_shared<Mnist::OptionsType>();
  out->assign("dataset", "mnist", given);
  out->folder.set(kData);
  return out;
}

OptionValue text(const std::string& value) { return {value, "test", true}; }

std::vector<int64_t> all_of(const Source& source) {
  std::vector<int64_t> out(static_cast<size_t>(source.size()));
  std::iota(out.begin(), out.end(), int64_t{0});
  return out;
}

std::vector<int64_t> targets(const Source& source) {
  const Tensor target = source.load(all_of(source)).target;
  return {target.data_ptr<int64_t>(), target.data_ptr<int64_t>() + target.numel()};
}

// Of images with these numbers, as make_mnist.py made them.
Tensor pixels(const std::vector<int64_t>& images) {
  const Tensor i = torch::tensor(images).reshape({-1, 1, 1, 1});
  const Tensor y = torch::arange(28).reshape({28, 1}), x = torch::arange(28);
  return (31 * i + 7 * y + 3 * x).remainder(256).to(torch::kDouble);
}

std::vector<int64_t> held_out_of_20() { return numpy().at("split").at(0).at("first"); }

}  // namespace

TEST_CASE("digits are classified from images, before any file is there", "[mnist]") {
  auto nothing = std::make_shared<Mnist::OptionsType>();
  nothing->folder.set("/no/such/folder");
  const Mnist dataset(nothing);
  CHECK(dataset.signature().text() == "image [1, 28, 28] -> classes [10]");
  CHECK(dataset.tasks().size() == 10);
  CHECK(dataset.tasks()[3].name == "without_3");
  CHECK(dataset.chance() == 0.1);
  CHECK(FashionMnist(std::make_shared<FashionMnist::OptionsType>()).tasks()[9].name ==
        "without_ankle_boot");
  CHECK(Kmnist(std::make_shared<Kmnist::OptionsType>()).tasks()[1].name == "without_ki");
  CHECK_THROWS_WITH(dataset.all(Split::train), Contains("'mnist': not in '/no/such/folder'") &&
                                                   Contains("t10k-labels-idx1-ubyte.gz (4,542"));
}

TEST_CASE("the split of the study is numpy's", "[mnist]") {
  const nlohmann::json truth = numpy();
  for (const auto& known : truth.at("split")) {
    const std::vector<bool> trains = paper_split(known.at("count"));
    std::vector<int64_t> held_out;
    for (size_t i = 0; i < trains.size(); ++i) {
      if (!trains[i]) held_out.push_back(static_cast<int64_t>(i));
    }
    CHECK(static_cast<int64_t>(held_out.size()) == known.at("held_out").get<int64_t>());
    CHECK(std::accumulate(held_out.begin(), held_out.end(), int64_t{0}) ==
          known.at("sum").get<int64_t>());
    held_out.resize(std::min<size_t>(held_out.size(), 200));
    CHECK(held_out == known.at("first").get<std::vector<int64_t>>());
  }
}

TEST_CASE("each part has the images that it should, normalised as numpy would", "[mnist]") {
  const Mnist dataset(options());
  CHECK(dataset.describe() == "15 images (MNIST, from " + kData + ")");
  const std::vector<int64_t> held_out = held_out_of_20();
  const auto validation = dataset.all(Split::validation);
  REQUIRE(validation->size() == static_cast<int64_t>(held_out.size()));
  const Batch batch = validation->load(all_of(*validation));
  const double mean = numpy().at("mean"), deviation = numpy().at("deviation");
  const Tensor expected = (pixels(held_out) - mean) / deviation;
  // A float has 24 bits: 2^-24 of at most 255 / deviation.
  CHECK((batch.input.to(torch::kDouble) - expected).abs().max().item<double>() < 1e-6);
  for (size_t i = 0; i < held_out.size(); ++i) {
    CHECK(batch.target[static_cast<int64_t>(i)].item<int64_t>() == 3 * held_out[i] % 10);
  }
  CHECK(dataset.all(Split::train)->size() + validation->size() == 20);
  CHECK(targets(*dataset.all(Split::test)) == std::vector<int64_t>{0, 3, 6, 9, 2});
  const Tensor test = dataset.all(Split::test)->load({4}).input.to(torch::kDouble);
  CHECK((test - (pixels({24}) - mean) / deviation).abs().max().item<double>() < 1e-6);
}

TEST_CASE("the held-out part can test, and all can train", "[mnist]") {
  const Mnist study(options({{"split", text("paper_test")}}));
  CHECK(study.all(Split::train)->size() == 15);
  CHECK(study.all(Split::validation)->size() == 0);
  CHECK(targets(*study.all(Split::test)) == targets(*Mnist(options()).all(Split::validation)));
  const Mnist whole(options({{"split", text("whole")}, {"normalise", text("unit")}}));
  CHECK(whole.all(Split::train)->size() == 20);
  CHECK(whole.all(Split::validation)->size() == 0);
  CHECK(whole.all(Split::test)->size() == 5);
  const Tensor image = whole.all(Split::train)->load({7}).input.to(torch::kDouble);
  CHECK((image - pixels({7}) / 255).abs().max().item<double>() < 1e-7);
}

TEST_CASE("limits and classes take less", "[mnist]") {
  const Mnist dataset(options({{"split", text("whole")},
                               {"train", text("4")},
                               {"test", text("2")},
                               {"classes", text("9,0,3")}}));
  CHECK(dataset.signature().text() == "image [1, 28, 28] -> classes [3]");
  CHECK(targets(*dataset.all(Split::train)) == std::vector<int64_t>{1, 2, 0, 1});  // 0 3 9 0
  CHECK(targets(*dataset.all(Split::test)) == std::vector<int64_t>{1, 2});
  CHECK(dataset.all(Split::train)->groups() == std::vector<std::string>{"9", "0", "3"});
  CHECK(dataset.tasks().size() == 3);
  CHECK_THAT(dataset.describe(), Contains("4 images (MNIST: 9, 0, 3, from"));
  // The scale stays that of all images, so an image is the same whatever is chosen.
  const Mnist all(options({{"split", text("whole")}}));
  CHECK(torch::equal(dataset.all(Split::train)->load({0}).input,
                     all.all(Split::train)->load({0}).input));
  CHECK_THROWS_WITH(options({{"classes", text("3")}}), Contains("two classes or more"));
  CHECK_THROWS_WITH(options({{"classes", text("3,3")}}), Contains("twice"));
}

TEST_CASE("tasks leave a class out or keep some", "[mnist]") {
  const Mnist dataset(options({{"split", text("whole")}, {"tasks", text("3,0+9")}}));
  REQUIRE(dataset.tasks().size() == 2);
  CHECK(targets(*dataset.other("without_3", Split::test)) == std::vector<int64_t>{3});
  CHECK(targets(*dataset.task("without_3", Split::test)) == std::vector<int64_t>{0, 6, 9, 2});
  CHECK(targets(*dataset.task("0+9", Split::test)) == std::vector<int64_t>{0, 9});
  CHECK_THROWS_WITH(Mnist(options({{"tasks", text("ten")}})), Contains("names 'ten'"));
  CHECK_THROWS_AS(Mnist(options({{"classes", text("1,2")}, {"tasks", text("3")}})), Error);
}

TEST_CASE("only training images have versions", "[mnist]") {
  const Mnist dataset(options({{"augment", text("crop")}, {"versions", text("3")}}));
  CHECK(dataset.all(Split::train)->size() == 45);
  CHECK(dataset.all(Split::validation)->size() == 5);
  CHECK(torch::equal(dataset.all(Split::test)->load({0, 1}).input,
                     Mnist(options()).all(Split::test)->load({0, 1}).input));
  CHECK_THAT(dataset.describe(), Contains("15 images (MNIST, each in 3 versions, from"));
  CHECK_THROWS_AS(options({{"augment", text("crop_flip")}}), Error);
}

TEST_CASE("the page of digits is a picture", "[mnist]") {
  const TestFolder folder;
  Mnist(options()).show(folder.path() / "page.png");
  CHECK(std::filesystem::file_size(folder.path() / "page.png") > 1000);
}
