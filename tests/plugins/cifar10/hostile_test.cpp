// Files that are damaged or lie: one line, little memory.
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/idx.h>
#include <modhost/random.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "../../core/test_folder.h"
#include "batches.h"
#include "published_files.h"
#include "tar_members.h"

using namespace modhost;
using namespace modhost_cifar10;
using Catch::Contains;
using namespace std::string_literals;

namespace {

const std::string kData = MODHOST_TEST_DATA "/cifar10/";

template <typename F>
std::string refusal(const F& read) {
  try {
    read();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    CHECK(error.full().find('\n') == std::string::npos);
    return error.what();
  }
  return "";
}

std::string binary(const std::string& bytes) {
  return refusal([&] {
    LabelledImages out;
    append_binary(bytes, "here", out);
  });
}

std::string pickled(const std::string& bytes) {
  return refusal([&] {
    LabelledImages out;
    append_pickled(bytes, "here", out);
    CHECK(out.pixels.size() == 3072 * out.labels.size());
  });
}

// The archive with these bytes in a folder of its own.
std::string archive(const std::string& name, const std::string& bytes) {
  const TestFolder folder;
  std::ofstream(folder.path() / name, std::ios::binary) << bytes;
  return refusal([&] { read_published(published_files(folder.path().string())); });
}

}  // namespace

TEST_CASE("binary batches are whole images with labels 0 to 9", "[cifar10]") {
  const std::string image = "\x09"s + std::string(3072, 'x');
  CHECK(binary(image + image).empty());
  CHECK_THAT(binary(""), Contains("0 bytes, needed are images of 3,073 each"));
  CHECK_THAT(binary(image + "x"), Contains("3,074 bytes"));
  CHECK_THAT(binary(image + "\x0a"s + std::string(3072, 'x')), Contains("label 1 is 10"));
}

TEST_CASE("every way to cut or change a pickled batch is refused or harmless", "[cifar10]") {
  const std::string whole = read_file(kData + "python3_protocol5");
  REQUIRE(pickled(whole).empty());
  for (size_t size = 0; size < whole.size(); size += 7) {
    CHECK_FALSE(pickled(whole.substr(0, size)).empty());
  }
  RandomStream random(3);
  for (int i = 0; i < 3000; ++i) {
    std::string changed = whole;
    changed[random.below(changed.size())] = static_cast<char>(random.below(256));
    pickled(changed);
  }
}

TEST_CASE("a pickle of something else is refused in words", "[cifar10]") {
  CHECK_THAT(pickled("\x80\x04}."), Contains("'data' is missing or is no array"));
  CHECK_THAT(pickled("\x80\x04](K\1e."), Contains("no pickled dict"));
  std::string other = read_file(kData + "python3_protocol5");
  const size_t labels = other.find("(K\x01K\x06");
  REQUIRE(labels != std::string::npos);
  std::string wrong = other;
  wrong[labels + 2] = 11;
  CHECK_THAT(pickled(wrong), Contains("label 0 is 11, needed are 0 .. 9"));
  wrong = other;
  wrong.replace(wrong.find("labels"), 6, "labelz");
  CHECK_THAT(pickled(wrong), Contains("'labels' is missing or is no list of numbers"));
  wrong = other;
  wrong.replace(labels + 1, 4, "K\1N0"s);
  CHECK_THAT(pickled(wrong), Contains("1 labels for 2 images"));
}

TEST_CASE("archives that are cut or changed are refused or harmless", "[cifar10]") {
  for (const std::string name : {"cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"}) {
    const std::string whole = read_file(kData + name);
    REQUIRE(archive(name, whole).empty());
    for (size_t size = 0; size + 200 < whole.size(); size += 41) {
      CHECK_FALSE(archive(name, whole.substr(0, size)).empty());
    }
    RandomStream random(4);
    for (int i = 0; i < 200; ++i) {
      std::string changed = whole;
      changed[random.below(changed.size())] ^= static_cast<char>(1 + random.below(255));
      archive(name, changed);
    }
  }
  CHECK_THAT(archive("cifar-10-binary.tar.gz", "no archive"), Contains("no whole .tar.gz"));
}

TEST_CASE("an archive of something else is refused in words", "[cifar10]") {
  const std::string python = read_file(kData + "cifar-10-python.tar.gz");
  CHECK_THAT(archive("cifar-10-binary.tar.gz", python), Contains("it holds no data_batch_1.bin"));
  CHECK_THAT(refusal([&] {
               read_tar_members(kData + "cifar-10-python.tar.gz", {"test_batch"}, 100,
                                [](const auto&, const auto&) {});
             }),
             Contains("'test_batch' in it has") && Contains("allowed are 100"));
}

// 8 GiB are claimed in a header, behind which nothing comes.
TEST_CASE("a claim of gigabytes takes no memory", "[cifar10]") {
  std::string header(1024, '\0');
  header.replace(0, 16, "data_batch_1.bin");
  header.replace(100, 7, "0000644");
  header.replace(124, 11, "77777777777");
  header.replace(156, 1, "0");
  header.replace(257, 8, "ustar  \0"s);
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (size_t i = 0; i < 512; ++i) sum += static_cast<unsigned char>(header[i]);
  char text[8];
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, std::string(text, 7));
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  const TestFolder folder;
  const auto path = folder.path() / "big.tar";  // libarchive reads it unpacked as well
  std::ofstream(path, std::ios::binary) << header;
  CHECK_THAT(refusal([&] {
               read_tar_members(path, {"data_batch_1.bin"}, uint64_t{1} << 40,
                                [](const auto&, const auto&) {});
             }),
             Contains("claims more than 4 GiB"));
  ::getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 8 << 10);  // KiB
}
