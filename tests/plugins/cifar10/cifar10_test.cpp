// On small archives that Python wrote: tests/data/cifar10/make_cifar10.py.
#include "cifar10.h"

#include <modhost/error.h>
#include <modhost/files.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "../../core/test_folder.h"
#include "published_files.h"
#include "tar_members.h"

using namespace modhost;
using namespace modhost_cifar10;
using Catch::Contains;

namespace {

const std::string kData = MODHOST_TEST_DATA "/cifar10/";

OptionValue text(const std::string& value) { return {value, "test", true}; }

std::shared_ptr<Cifar10Options> options(const std::filesystem::path& folder,
                                        const OptionTable& given = {}) {
  auto out = std::make_shared<Cifar10Options>();
  out->assign("dataset", "cifar10", given);
  out->folder.set(folder.string());
  return out;
}

// A folder with one of the archives, packed, or unpacked into `inside`.
void put(const std::filesystem::path& folder, const std::string& archive) {
  std::filesystem::copy_file(kData + archive, folder / archive);
}
void unpack(const std::filesystem::path& folder, const std::string& archive,
            const std::string& ending) {
  std::filesystem::create_directories(folder);
  std::vector<std::string> names{"test_batch" + ending};
  for (const char* number : {"1", "2", "3", "4", "5"}) {
    names.push_back(std::string("data_batch_") + number + ending);
  }
  read_tar_members(kData + archive, names, 1 << 20, [&](const auto& name, const auto& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  });
}

// As make_cifar10.py made them.
void check_part(const LabelledImages& images, int64_t first, int64_t count) {
  REQUIRE(images.size() == count);
  REQUIRE(images.pixels.size() == static_cast<size_t>(3072 * count));
  CHECK(images.shape == std::vector<int64_t>{3, 32, 32});
  size_t at = 0;
  for (int64_t i = first; i < first + count; ++i) {
    CHECK(images.labels[static_cast<size_t>(i - first)] == (7 * i + 3) % 10);
    for (int64_t c = 0; c < 3; ++c) {
      for (int64_t y = 0; y < 32; ++y) {
        for (int64_t x = 0; x < 32; ++x) {
          REQUIRE(images.pixels[at++] == (37 * i + 85 * c + 5 * y + 3 * x) % 256);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("CIFAR-10 is read in all the ways it is published", "[cifar10]") {
  const TestFolder folder;
  const auto& path = folder.path();
  const std::string way =
      GENERATE(as<std::string>(), "binary", "python", "bin", "bin here", "py", "py here");
  CAPTURE(way);
  if (way == "binary") put(path, "cifar-10-binary.tar.gz");
  if (way == "python") put(path, "cifar-10-python.tar.gz");
  if (way == "bin") unpack(path / "cifar-10-batches-bin", "cifar-10-binary.tar.gz", ".bin");
  if (way == "bin here") unpack(path, "cifar-10-binary.tar.gz", ".bin");
  if (way == "py") unpack(path / "cifar-10-batches-py", "cifar-10-python.tar.gz", "");
  if (way == "py here") unpack(path, "cifar-10-python.tar.gz", "");
  const DataFiles files = published_files(path.string());
  CHECK(files.missing().empty());
  const ImageParts parts = read_published(files);
  check_part(*parts.train, 0, 10);
  check_part(*parts.test, 10, 3);
}

TEST_CASE("what is missing is the binary archive", "[cifar10]") {
  const DataFiles files = published_files("/no/such/folder");
  REQUIRE(files.list.size() == 1);
  CHECK(files.list[0].name == "cifar-10-binary.tar.gz");
  CHECK(files.list[0].bytes == 170052171);
  CHECK(files.list[0].sha256.size() == 64);
  CHECK(files.list[0].urls.size() == 1);
  const Cifar10 dataset(options("/no/such/folder"));
  CHECK(dataset.signature().text() == "image [3, 32, 32] -> classes [10]");
  CHECK(dataset.tasks()[3].name == "without_cat");
  CHECK_THROWS_WITH(dataset.all(Split::test),
                    Contains("cifar-10-binary.tar.gz (170,052,171 bytes)"));
}

TEST_CASE("the constants of the ResNet are those of bytes as 0 to 1", "[cifar10]") {
  const TestFolder folder;
  put(folder.path(), "cifar-10-python.tar.gz");
  const Cifar10 dataset(
      options(folder.path(), {{"normalise", text("published")}, {"split", text("whole")}}));
  const Tensor image = dataset.all(Split::train)->load({4}).input;
  // Pixel [1, 2, 3] of image 4.
  const double byte = (37 * 4 + 85 + 5 * 2 + 3 * 3) % 256;
  CHECK(image[0][1][2][3].item<double>() == Approx((byte / 255 - 0.4822) / 0.1994).epsilon(1e-6));
}

TEST_CASE("normalised images have mean 0 and deviation 1 in each channel", "[cifar10]") {
  const TestFolder folder;
  put(folder.path(), "cifar-10-binary.tar.gz");
  const Cifar10 dataset(options(folder.path(), {{"split", text("whole")}}));
  const Tensor all = dataset.all(Split::train)->load({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).input;
  const Tensor rows = all.to(torch::kDouble).transpose(0, 1).reshape({3, -1});
  CHECK(rows.mean(1).abs().max().item<double>() < 1e-6);
  CHECK((rows.std(1, true) - 1).abs().max().item<double>() < 1e-6);
}

TEST_CASE("pairs of classes and classes left out are tasks", "[cifar10]") {
  const TestFolder folder;
  put(folder.path(), "cifar-10-binary.tar.gz");
  const Cifar10 dataset(options(folder.path(), {{"split", text("whole")},
                                                {"tasks", text("airplane+cat,cat")},
                                                {"augment", text("crop_flip")},
                                                {"versions", text("2")}}));
  // Training images 0 .. 9 have the labels 3, 0, 7, 4, 1, 8, 5, 2, 9, 6.
  CHECK(dataset.task("airplane+cat", Split::train)->size() == 4);
  CHECK(dataset.task("without_cat", Split::train)->size() == 18);
  CHECK(dataset.other("without_cat", Split::train)->size() == 2);
  CHECK(torch::equal(dataset.task("airplane+cat", Split::train)->load({2, 3}).target,
                     torch::tensor({3, 0}, torch::kLong)));
}

TEST_CASE("the page of CIFAR-10 is a picture", "[cifar10]") {
  const TestFolder folder;
  put(folder.path(), "cifar-10-python.tar.gz");
  Cifar10(options(folder.path())).show(folder.path() / "page.png");
  CHECK(std::filesystem::file_size(folder.path() / "page.png") > 1000);
}
