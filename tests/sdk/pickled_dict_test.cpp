#include "modhost/pickled_dict.h"

#include <catch2/catch.hpp>

#include "modhost/error.h"
#include "modhost/files.h"

using namespace modhost;
using Catch::Contains;
using namespace std::string_literals;

namespace {

std::string refusal(const std::string& bytes) {
  try {
    read_pickled_dict(bytes, "here");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::data);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a pickled dict gives its texts, numbers and lists", "[pickle]") {
  // {"a": 7, b"b": "hi", "c": [1, 2], "d": None, "c": [3]}
  const std::string bytes =
      "\x80\x04}(X\1\0\0\0aK\7C\1bX\2\0\0\0hiX\1\0\0\0c](K\1K\2eX\1\0\0\0dNX\1\0\0\0c](K\3eu."s;
  const auto dict = read_pickled_dict(bytes, "here");
  REQUIRE(dict.size() == 4);
  CHECK(std::get<int64_t>(dict.at("a")) == 7);
  CHECK(std::get<std::string>(dict.at("b")) == "hi");
  CHECK(std::get<std::vector<int64_t>>(dict.at("c")) == std::vector<int64_t>{3});
  CHECK(std::holds_alternative<PickledOther>(dict.at("d")));
}

TEST_CASE("what is no pickled dict is refused", "[pickle]") {
  CHECK_THAT(refusal("\x80\x04K\7."s), Contains("no pickled dict"));
  CHECK_THAT(refusal("\x80\x04}"s), Contains("damaged"));
  // One text of 255 bytes under a hundred names.
  std::string bytes = "\x80\x04}(K\0X\xff\0\0\0"s + std::string(255, 'x') + "q\0"s;
  for (char name = 1; name < 101; ++name) bytes += "C\1"s + name + "h\0"s;
  CHECK_THAT(refusal(bytes + "u."), Contains("repeat each other"));
}

// Arrays as numpy pickles them: tests/data/cifar10/make_cifar10.py.
TEST_CASE("a pickled dict gives its arrays", "[pickle]") {
  for (const std::string name : {"python3_protocol2", "python3_protocol5"}) {
    const auto dict = read_pickled_dict(read_file(MODHOST_TEST_DATA "/cifar10/" + name), name);
    const auto& array = std::get<NpyArray>(dict.at("data"));
    CHECK(array.descr == "|u1");
    CHECK(array.shape == std::vector<int64_t>{2, 3072});
    CHECK(array.bytes[0] == 37 * 4 % 256);
    CHECK(std::get<std::vector<int64_t>>(dict.at("labels")) == std::vector<int64_t>{1, 6});
  }
}
