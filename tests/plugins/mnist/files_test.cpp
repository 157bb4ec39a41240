// Which files are read, and what is said to wrong ones.
#include <modhost/error.h>
#include <modhost/idx.h>

#include <catch2/catch.hpp>
#include <set>

#include "../../core/test_folder.h"
#include "idx_dataset.h"

using namespace modhost;
using namespace modhost_mnist;
using Catch::Contains;

namespace {

// The four files: `images` of 28 x 28 pixels and labels 0 .. 9 in both parts.
void write_four(const std::filesystem::path& folder, int64_t images) {
  const auto count = static_cast<size_t>(images);
  for (const std::string name : {"train", "t10k"}) {
    write_idx_gz(folder / (name + "-images-idx3-ubyte.gz"),
                 {{images, 28, 28}, std::vector<uint8_t>(784 * count)});
    std::vector<uint8_t> labels(count);
    for (size_t i = 0; i < count; ++i) labels[i] = static_cast<uint8_t>(i % 10);
    write_idx_gz(folder / (name + "-labels-idx1-ubyte.gz"), {{images}, labels});
  }
}

std::string refusal(const std::filesystem::path& folder) {
  try {
    read_parts(files_of(Digits::mnist, "mnist", folder.string()));
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    return error.full();
  }
  return "";
}

}  // namespace

TEST_CASE("every file has a size, a sum and a place to fetch it from", "[mnist]") {
  std::set<std::string> sums;
  for (const Digits which : {Digits::mnist, Digits::fashion_mnist, Digits::kmnist}) {
    const DataFiles files = files_of(which, "x", "/no/such/folder");
    REQUIRE(files.list.size() == 4);
    for (const DataFile& file : files.list) {
      CHECK(file.bytes > 4000);
      CHECK(file.sha256.size() == 64);
      CHECK(file.sha256.find_first_not_of("0123456789abcdef") == std::string::npos);
      REQUIRE(!file.urls.empty());
      for (const std::string& url : file.urls) {
        CHECK(url.substr(url.rfind('/') + 1) == file.name);
        CHECK(url.substr(0, 4) == "http");
      }
      sums.insert(file.sha256);
    }
  }
  CHECK(sums.size() == 12);
}

TEST_CASE("an unpacked file stands for the packed one", "[mnist]") {
  const DataFiles files = files_of(Digits::mnist, "mnist", MODHOST_TEST_DATA "/mnist");
  CHECK(files.missing().empty());
  CHECK(files.list[0].name == "train-images-idx3-ubyte.gz");
  CHECK(files.list[3].name == "t10k-labels-idx1-ubyte");
  CHECK(read_parts(files).test->labels == std::vector<uint8_t>{0, 3, 6, 9, 2});
}

TEST_CASE("files that do not fit together are refused", "[mnist]") {
  const TestFolder folder;
  const auto path = [&](const std::string& name) { return folder.path() / name; };
  write_four(folder.path(), 12);
  CHECK(refusal(folder.path()).empty());
  write_idx_gz(path("t10k-labels-idx1-ubyte.gz"), {{3}, {1, 2, 3}});
  CHECK_THAT(refusal(folder.path()),
             Contains("t10k-labels-idx1-ubyte.gz': it holds 3 labels for 12"));
  write_idx_gz(path("t10k-labels-idx1-ubyte.gz"), {{12}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0}});
  CHECK_THAT(refusal(folder.path()), Contains("label 10 is 10, needed are 0 .. 9"));
  write_four(folder.path(), 12);
  write_idx_gz(path("train-images-idx3-ubyte.gz"), {{12, 2, 3}, std::vector<uint8_t>(72)});
  CHECK_THAT(refusal(folder.path()), Contains("have 2x3 pixels, needed are 28x28"));
  write_idx_gz(path("train-images-idx3-ubyte.gz"), {{0, 28, 28}, {}});
  CHECK_THAT(refusal(folder.path()), Contains("it holds no images"));
  write_idx_gz(path("train-images-idx3-ubyte.gz"), {{12}, std::vector<uint8_t>(12)});
  CHECK_THAT(refusal(folder.path()), Contains("1 dimensions, needed are 3"));
  std::filesystem::remove(path("train-images-idx3-ubyte.gz"));
  CHECK_THAT(refusal(folder.path()), Contains("train-images-idx3-ubyte.gz (9,912,422 bytes)") &&
                                         Contains("modhost data prepare mnist"));
}
