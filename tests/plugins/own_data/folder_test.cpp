// Folders of images as a dataset.
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/picture.h>
#include <torch/utils.h>

#include "folder_dataset.h"
#include "own_data_helpers.h"

using namespace modhost;
using namespace modhost_own_data;
using namespace own_data_tests;
using Catch::Contains;

namespace {

std::string png(uint8_t red, uint8_t green) { return Picture(5, 4, {red, green, 255}).png(); }

std::shared_ptr<FolderOptions> options_for(const std::filesystem::path& folder) {
  auto options = std::make_shared<FolderOptions>();
  options->folder.set(folder.string());
  options->side.set(2);
  options->normalize.set("unit");
  return options;
}

// Two classes of ten images; the red of each is its number.
void write_classes(const TemporaryFolder& folder, const std::string& prefix = "") {
  for (uint8_t i = 0; i < 10; ++i) {
    folder.write(prefix + "cat/" + std::to_string(i) + ".png", png(i, 0));
    folder.write(prefix + "dog/deep/" + std::to_string(i) + ".PNG", png(i, 50));
  }
}

}  // namespace

TEST_CASE("each folder is a class", "[own_data][folder]") {
  const TemporaryFolder folder("classes");
  write_classes(folder);
  folder.write("cat/notes.txt", "no image");
  folder.write(".git/a.png", "hidden");
  folder.write("cat/.thumbs/a.png", "hidden");
  const ImageFolder dataset(options_for(folder.path));
  CHECK(dataset.signature().text() == "image [3, 2, 2] -> classes [2]");
  CHECK_THAT(dataset.describe(), Contains("20 images (14 training, 2 validation, 4 test) from "));
  CHECK(dataset.all(Split::train)->groups() == std::vector<std::string>{"cat", "dog"});
  std::vector<int> seen(20);
  for (const Split split : kSplits) {
    const Batch batch = everything(*dataset.all(split));
    for (int64_t row = 0; row < batch.size(); ++row) {
      const Tensor bytes = (batch.input[row] * 255).round();
      CHECK(bytes[2].eq(255).all().item<bool>());
      const auto label = batch.target[row].item<int64_t>();
      CHECK(bytes[1].eq(50 * static_cast<double>(label)).all().item<bool>());
      ++seen[static_cast<size_t>(10 * label + bytes[0][0][0].item<int64_t>())];
    }
  }
  CHECK(seen == std::vector<int>(20, 1));
  CHECK(dataset.tasks()[0].name == "without_cat");
}

TEST_CASE("folders called train and test are the splits", "[own_data][folder]") {
  const TemporaryFolder folder("splits");
  write_classes(folder, "train/");
  folder.write("test/dog/x.png", png(99, 50));
  const ImageFolder dataset(options_for(folder.path));
  CHECK(dataset.all(Split::train)->size() == 18);
  CHECK(dataset.all(Split::validation)->size() == 2);
  const Batch test = everything(*dataset.all(Split::test));
  REQUIRE(test.size() == 1);
  CHECK(test.target.item<int64_t>() == 1);
  CHECK(test.input[0][0][0][0].item<float>() == 99 / 255.F);
  folder.write("extra/dog/x.png", png(99, 50));
  CHECK_THROWS_WITH(ImageFolder(options_for(folder.path)).signature(),
                    Contains("has the folder 'train', but also 'extra'"));
}

TEST_CASE("samples do not depend on what is kept in memory", "[own_data][folder]") {
  const TemporaryFolder folder("kept");
  write_classes(folder);
  const auto options = options_for(folder.path);
  const Batch kept = everything(*ImageFolder(options).all(Split::train));
  options->cache_mb.set(0);
  CHECK(torch::equal(everything(*ImageFolder(options).all(Split::train)).input, kept.input));
  options->normalize.set("centred");
  options->channels.set(1);
  const Tensor grey = everything(*ImageFolder(options).all(Split::train)).input;
  const Tensor luma =
      (kept.input * 255).mul(torch::tensor({0.299, 0.587, 0.114}).view({3, 1, 1})).sum(1, true);
  CHECK((grey * 64 + 127.5 - luma).abs().max().item<double>() <= 0.501);
}

TEST_CASE("damaged files are told by name, or left out", "[own_data][folder]") {
  const TemporaryFolder folder("damaged");
  write_classes(folder);
  folder.write("dog/broken.jpg", png(1, 50).substr(0, 60));
  const auto options = options_for(folder.path);
  options->splits.validation_share.set(0);
  options->splits.test_share.set(0);
  CHECK_THROWS_WITH(everything(*ImageFolder(options).all(Split::train)),
                    Contains("dog/broken.jpg': damaged PNG"));
  options->damaged.set("skip");
  const ImageFolder dataset(options);
  CHECK(everything(*dataset.all(Split::train)).size() == 20);
  CHECK_THAT(dataset.describe(),
             Contains("without 1 that cannot be read: ") && Contains("dog/broken.jpg"));
  options->megapixels.set(0.001);  // 1,000 pixels
  folder.write("dog/broken.jpg", Picture(40, 26, {0, 0, 0}).png());
  CHECK_THAT(ImageFolder(options).describe(), Contains("dog/broken.jpg"));
}

TEST_CASE("folders without images are told", "[own_data][folder]") {
  const TemporaryFolder folder("empty");
  const auto refusal = [&] {
    try {
      ImageFolder(options_for(folder.path)).signature();
    } catch (const Error& error) {
      return error.full();
    }
    return std::string();
  };
  CHECK_THAT(refusal(), Contains("has no folders, needed one for each class"));
  write_classes(folder);
  CHECK(refusal().empty());
  folder.write("eel/a.webp", "x");
  CHECK_THAT(refusal(), Contains("no .png, .jpg or .jpeg lies in '") && Contains("eel'") &&
                            Contains("eel/a.webp"));
  CHECK_THROWS_WITH(ImageFolder(options_for("/no/such/folder")).signature(),
                    Contains("'/no/such/folder': no such folder"));
  FolderOptions options;
  CHECK_THROWS_WITH(
      options.assign("dataset", "image_folder", {{"channels", {int64_t{2}, "test", false}}}),
      Contains("'dataset.channels' is 2"));
}

TEST_CASE("a page of images is a picture", "[own_data][folder]") {
  const TemporaryFolder folder("page");
  write_classes(folder);
  ImageFolder(options_for(folder.path)).show(folder.path / "page.png");
  CHECK(std::filesystem::file_size(folder.path / "page.png") > 300);
}
