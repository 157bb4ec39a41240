#include "modhost/idx.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "../core/test_folder.h"
#include "modhost/error.h"
#include "modhost/files.h"
#include "modhost/random.h"

using namespace modhost;
using Catch::Contains;
using namespace std::string_literals;

namespace {

const std::string kData = MODHOST_TEST_DATA "/mnist/";

// What is said to a file with these bytes, "" when it is read.
std::string refusal(const TestFolder& folder, const std::string& bytes, size_t dimensions = 1,
                    uint64_t most = 1000) {
  const auto path = folder.path() / "x";
  std::ofstream(path, std::ios::binary) << bytes;
  try {
    const IdxArray array = read_idx(path, dimensions, most);
    CHECK(array.bytes.size() <= most);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    CHECK(error.full().find('\n') == std::string::npos);
    return error.what();
  }
  return "";
}

}  // namespace

// The files were written by numpy and Python's gzip: tests/data/mnist/make_mnist.py.
TEST_CASE("IDX files are read as they are and gzipped", "[idx]") {
  const IdxArray images = read_idx(kData + "train-images-idx3-ubyte.gz", 3);
  REQUIRE(images.shape == std::vector<int64_t>{20, 28, 28});
  size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    for (int y = 0; y < 28; ++y) {
      for (int x = 0; x < 28; ++x) REQUIRE(images.bytes[at++] == (31 * i + 7 * y + 3 * x) % 256);
    }
  }
  const IdxArray labels = read_idx(kData + "t10k-labels-idx1-ubyte", 1);
  CHECK(labels.bytes == std::vector<uint8_t>{0, 3, 6, 9, 2});
}

TEST_CASE("a written IDX file is read again, and is the same each time", "[idx]") {
  const TestFolder folder;
  const auto one = folder.path() / "one.gz", two = folder.path() / "two.gz";
  IdxArray array{{3, 2, 50}, {}};
  for (int i = 0; i < 300; ++i) array.bytes.push_back(static_cast<uint8_t>(i * i));
  write_idx_gz(one, array);
  write_idx_gz(two, array);
  CHECK(read_file(one) == read_file(two));
  const IdxArray again = read_idx(one, 3);
  CHECK(again.shape == array.shape);
  CHECK(again.bytes == array.bytes);
  CHECK_THROWS_AS(write_idx_gz(one, {{4}, {1, 2, 3}}), Error);
}

TEST_CASE("what is no IDX file is refused in words", "[idx]") {
  const TestFolder folder;
  const std::string good = "\0\0\x08\x01\0\0\0\x03\x01\x02\x03"s;
  CHECK(refusal(folder, good).empty());
  CHECK_THAT(refusal(folder, ""), Contains("no IDX file"));
  CHECK_THAT(refusal(folder, "\x89PNG....."), Contains("no IDX file"));
  CHECK_THAT(refusal(folder, "\0\0\x0d\x01\0\0\0\x03\x01\x02\x03"s), Contains("type 13"));
  CHECK_THAT(refusal(folder, good, 3), Contains("1 dimensions, needed are 3"));
  CHECK_THAT(refusal(folder, good.substr(0, 6)), Contains("within its header"));
  CHECK_THAT(refusal(folder, good.substr(0, 10)), Contains("[3], but the file is shorter"));
  CHECK_THAT(refusal(folder, good + "\4"), Contains("goes on after that"));
  CHECK_THAT(refusal(folder, good, 1, 2), Contains("more than 2 bytes"));
  CHECK_THAT(refusal(folder, "\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s, 3),
             Contains("more than 1,000 bytes"));
  CHECK_THROWS_AS(read_idx(folder.path() / "none", 1), Error);
}

TEST_CASE("every cut and every flipped bit of a packed file is refused or harmless", "[idx]") {
  const TestFolder folder;
  const std::string bytes = read_file(kData + "train-labels-idx1-ubyte.gz");
  REQUIRE(refusal(folder, bytes).empty());
  for (size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(refusal(folder, bytes.substr(0, size)).empty());
  }
  CHECK_THAT(refusal(folder, bytes + "x"), Contains("goes on"));
  size_t refused = 0;
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
    refused += !refusal(folder, flipped).empty();
  }
  CHECK(refused > 6 * bytes.size());  // gzip's header has bits that mean nothing
}

// A megabyte of gzip that unpacks to a gigabyte of zeros after a header that asks for less, or
// more.
TEST_CASE("a gzip bomb takes no more memory than its header asks for", "[idx]") {
  const TestFolder folder;
  const auto path = folder.path() / "bomb.gz";
  write_idx_gz(path, {{1 << 28}, std::vector<uint8_t>(1 << 28)});
  REQUIRE(std::filesystem::file_size(path) < 1 << 19);
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  CHECK_THROWS_WITH(read_idx(path, 1, 1000), Contains("more than 1,000 bytes"));
  CHECK_THROWS_WITH(read_idx(path, 2, 1 << 20), Contains("1 dimensions"));
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 8 << 10);  // KiB

  // Twenty bytes of gzip cannot hold what this header says.
  const auto small = folder.path() / "small.gz";
  write_idx_gz(small, {{3}, {1, 2, 3}});
  CHECK(read_idx(small, 1).bytes.size() == 3);
}
