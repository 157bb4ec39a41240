// NumPy files: layout, round trips, and what happens with damaged or hostile ones.
#include "modhost/npz.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>

#include "modhost/error.h"
#include "modhost/files.h"

using namespace modhost;

namespace {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             ("modhost_npz_" + std::to_string(getpid()) + "_" + name)) {}
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
  void write(const std::string& bytes) const {  // without the flush of write_file_atomically
    std::ofstream(path, std::ios::binary) << bytes;
  }
  const std::filesystem::path path;
};

NpzArrays small_arrays() {
  NpzArrays arrays;
  arrays.emplace("image", make_npy<uint8_t>({2, 3, 3}, std::vector<uint8_t>(18, 200)));
  arrays.emplace("target", make_npy<int64_t>({}, {5}));
  arrays.emplace("names", make_npy_strings({"Scene", "Out_In", "/"}));
  arrays.emplace("weights", make_npy<float>({4}, {1.5f, -2.0f, 0.0f, 1e30f}));
  return arrays;
}

// A version 1.0 file with the given header text and `data` bytes of zeros.
std::string npy(const std::string& header, size_t data) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + std::string(data, '\0');
}

bool is_refused(const std::string& bytes) {
  try {
    parse_npy(bytes, "here");
  } catch (const Error& error) {
    return error.code() == ErrorCode::data;
  }
  return false;
}

}  // namespace

TEST_CASE("an array is laid out as NumPy does it", "[npz]") {
  const std::string bytes = format_npy(make_npy<int64_t>({}, {3}));
  const std::string header = "{'descr': '<i8', 'fortran_order': False, 'shape': (), }";
  CHECK(bytes.substr(0, 10) == std::string("\x93NUMPY\x01\x00v\x00", 10));
  CHECK(bytes.substr(10, header.size()) == header);
  CHECK(bytes[127] == '\n');
  CHECK(bytes.size() == 136);
  CHECK(format_npy(make_npy<float>({4}, {0, 0, 0, 0})).find("'shape': (4,), }") != bytes.npos);
  CHECK(format_npy(make_npy<float>({2, 2}, {0, 0, 0, 0})).find("(2, 2), }") != bytes.npos);
}

TEST_CASE("headers of all versions and types are understood", "[npz]") {
  const auto parsed = [](const char* descr, const char* shape, size_t data) {
    return parse_npy(npy(std::string("{'descr': '") + descr +
                             "', 'fortran_order': False, 'shape': " + shape + ", }\n",
                         data),
                     "here");
  };
  CHECK(parsed("|u1", "(16, 2, 2)", 64).shape == std::vector<int64_t>{16, 2, 2});
  CHECK(parsed("<i8", "()", 8).scalar<int64_t>() == 0);
  CHECK(parsed("<f4", "(3,)", 12).values<float>().size() == 3);
  CHECK(parsed("<f8", "(0, 7)", 0).values<double>().empty());
  CHECK(parsed("|b1", "(2,)", 2).values<uint8_t>().size() == 2);
  CHECK(parsed("|S18", "(2,)", 36).strings() == std::vector<std::string>{"", ""});
  CHECK(parsed("<U3", "(1,)", 12).strings() == std::vector<std::string>{""});
  CHECK(parsed("<i8", "(2L,)", 16).shape == std::vector<int64_t>{2});  // Python 2

  const std::string text = "{\"shape\": (2,), 'fortran_order': True, 'descr': '|u1'}";
  CHECK(parse_npy(npy(text, 2), "here").fortran_order);
  for (const char version : {'\x02', '\x03'}) {
    std::string bytes("\x93NUMPY", 6);
    bytes += version;
    bytes += '\0';
    bytes += static_cast<char>(text.size());
    bytes += std::string(3, '\0') + text + "ab";
    CHECK(parse_npy(bytes, "here").bytes == std::vector<uint8_t>{'a', 'b'});
  }

  NpyArray wide = parsed("<U2", "(1,)", 8);
  wide.bytes = {0xe9, 0, 0, 0, 0x00, 0xf6, 0x01, 0x00};
  CHECK(wide.strings().front() == "\xc3\xa9\xf0\x9f\x98\x80");  // e acute, U+1F600
}

TEST_CASE("hostile headers are refused", "[npz]") {
  const auto header = [](const std::string& descr, const std::string& shape) {
    return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  };
  CHECK(is_refused(""));
  CHECK(is_refused("no array at all, but long enough"));
  CHECK(is_refused(npy(header("|u1", "(4,)"), 3)));
  CHECK(is_refused(npy(header("|u1", "(4,)"), 5)));
  CHECK(is_refused(npy(header("|u1", "(4611686018427387904, 4, 4)"), 0)));
  CHECK(is_refused(npy(header("|u1", "(99999999999999999999,)"), 0)));
  CHECK(is_refused(npy(header("|u1", "(-1,)"), 1)));
  CHECK(is_refused(npy(header("|O", "(1,)"), 8)));  // pickled objects
  CHECK(is_refused(npy(header("|O8", "(1,)"), 8)));
  CHECK(is_refused(npy(header(">i8", "(1,)"), 8)));  // big-endian
  CHECK(is_refused(npy(header("|S0", "(1,)"), 0)));
  CHECK(is_refused(npy(header("|S99999999999", "(1,)"), 1)));
  CHECK(is_refused(npy("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }", 4)));
  CHECK(is_refused(npy("{'descr': '|u1', 'shape': (1,), }", 1)));
  CHECK(is_refused(npy("{'descr': '|u1', 'descr': '|u1', 'shape': (1,), }", 1)));
  CHECK(is_refused(npy(header("|u1", "(1,)") + "+1", 1)));
  CHECK(is_refused(npy(header("|u1", "(" + std::string(200, '(') + ")"), 1)));
  std::string long_header("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12);
  CHECK(is_refused(long_header + "{}"));
}

TEST_CASE("reading an array as something else is refused", "[npz]") {
  const NpyArray array = make_npy<float>({2}, {1, 2});
  CHECK_THROWS_WITH(array.values<double>(), Catch::Contains("'<f4', needed '<f8'"));
  CHECK_THROWS_WITH(array.scalar<float>(), Catch::Contains("2 elements, needed one"));
  CHECK_THROWS_AS(array.strings(), Error);
  CHECK_NOTHROW(array.expect("x", "<f4", {-1}));
  CHECK_THROWS_WITH(array.expect("x", "<f4", {3}),
                    Catch::Contains("'x' is '<f4' (2,), needed '<f4' (3,)"));
  CHECK_THROWS_AS(make_npy<float>({3}, {1, 2}), Error);
}

TEST_CASE("written archives read back, stored and deflated", "[npz]") {
  const TemporaryFile file("round.npz");
  for (const NpzPacking packing : {NpzPacking::stored, NpzPacking::deflated}) {
    write_npz(file.path, small_arrays(), packing);
    const NpzArrays arrays = read_npz(file.path);
    REQUIRE(arrays.size() == 4);
    CHECK(arrays.at("image").shape == std::vector<int64_t>{2, 3, 3});
    CHECK(arrays.at("target").scalar<int64_t>() == 5);
    CHECK(arrays.at("names").strings() == std::vector<std::string>{"Scene", "Out_In", "/"});
    CHECK(arrays.at("names").descr == "|S6");
    CHECK(arrays.at("weights").values<float>()[3] == 1e30f);
  }
  write_npz(file.path, NpzArrays{});
  CHECK(read_npz(file.path).empty());
}

TEST_CASE("the same arrays give the same bytes", "[npz]") {
  const TemporaryFile first("first.npz");
  const TemporaryFile second("second.npz");
  write_npz(first.path, small_arrays());
  write_npz(second.path, small_arrays());
  CHECK(read_file(first.path) == read_file(second.path));
  // The time of the first member: 1980-01-01 00:00, whenever it was written.
  CHECK(read_file(first.path).substr(10, 4) == std::string("\0\0\x21\0", 4));
}

TEST_CASE("archives cut off anywhere are refused", "[npz]") {
  const TemporaryFile file("cut.npz");
  NpzArrays arrays = small_arrays();
  arrays.erase("names");
  arrays.erase("weights");
  for (const NpzPacking packing : {NpzPacking::stored, NpzPacking::deflated}) {
    write_npz(file.path, arrays, packing);
    const std::string bytes = read_file(file.path);
    for (size_t length = 0; length < bytes.size(); ++length) {
      file.write(bytes.substr(0, length));
      REQUIRE_THROWS_AS(read_npz(file.path), Error);
    }
  }
  CHECK_THROWS_AS(read_npz(file.path.string() + ".missing"), Error);
  CHECK_THROWS_AS(read_npz(std::filesystem::temp_directory_path()), Error);
}

TEST_CASE("archives with flipped bits are read or refused, never worse", "[npz]") {
  const TemporaryFile file("flip.npz");
  std::mt19937 random(7);
  for (const NpzPacking packing : {NpzPacking::stored, NpzPacking::deflated}) {
    write_npz(file.path, small_arrays(), packing);
    const std::string bytes = read_file(file.path);
    int refused = 0;
    for (int round = 0; round < 1500; ++round) {
      std::string damaged = bytes;
      const int flips = 1 + static_cast<int>(random() % 3);
      for (int flip = 0; flip < flips; ++flip) {
        damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
      }
      file.write(damaged);
      try {
        for (const auto& [name, array] : read_npz(file.path)) {
          REQUIRE(array.bytes.size() <= 10000);
        }
      } catch (const Error& error) {
        ++refused;
      }
    }
    CHECK(refused > 700);
  }
}

TEST_CASE("arrays with flipped bits are read or refused, never worse", "[npz]") {
  const std::string bytes = format_npy(small_arrays().at("image"));
  for (size_t length = 0; length < bytes.size(); ++length) {
    REQUIRE(is_refused(bytes.substr(0, length)));
  }
  for (size_t bit = 0; bit < 8 * 128; ++bit) {  // every bit of the header
    std::string damaged = bytes;
    damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
    try {
      parse_npy(damaged, "here");
    } catch (const Error&) {
    }
  }
}

TEST_CASE("members beyond the limits are refused before they are unpacked", "[npz]") {
  const TemporaryFile file("bomb.npz");
  const NpzArrays bomb = {{"zeros", make_npy<uint8_t>({1 << 22}, std::vector<uint8_t>(1 << 22))},
                          {"more", make_npy<uint8_t>({1 << 22}, std::vector<uint8_t>(1 << 22))}};
  write_npz(file.path, bomb, NpzPacking::deflated);
  CHECK(std::filesystem::file_size(file.path) < 20000);
  NpzLimits limits;
  limits.member_bytes = 1 << 20;
  CHECK_THROWS_WITH(read_npz(file.path, limits), Catch::Contains("claims 4194432 bytes"));
  limits.member_bytes = uint64_t{1} << 23;
  limits.total_bytes = 6 << 20;
  CHECK_THROWS_WITH(read_npz(file.path, limits), Catch::Contains("claims 4194432 bytes"));
  limits.total_bytes = uint64_t{1} << 24;
  CHECK(read_npz(file.path, limits).size() == 2);
  limits.members = 1;
  CHECK_THROWS_WITH(read_npz(file.path, limits), Catch::Contains("has 2 members"));
}

TEST_CASE("a write that fails leaves the old file alone", "[npz]") {
  const TemporaryFile file("kept.npz");
  write_npz(file.path, small_arrays());
  NpyArray broken = make_npy<float>({2}, {1, 2});
  broken.bytes.pop_back();
  CHECK_THROWS_AS(write_npz(file.path, NpzArrays{{"x", broken}}), Error);
  CHECK(read_npz(file.path).size() == 4);
  CHECK_THROWS_AS(write_npz("/nonexistent/folder/x.npz", small_arrays()), Error);
}

TEST_CASE("types and shapes are read without the elements, arrays one by one", "[npz]") {
  const NpzArrays arrays = small_arrays();
  const TemporaryFile file("headers.npz");
  for (const NpzPacking packing : {NpzPacking::stored, NpzPacking::deflated}) {
    write_npz(file.path, arrays, packing);
    const NpzArrays headers = read_npz_headers(file.path);
    REQUIRE(headers.size() == arrays.size());
    for (const auto& [name, array] : arrays) {
      CHECK(headers.at(name).descr == array.descr);
      CHECK(headers.at(name).shape == array.shape);
      CHECK(headers.at(name).bytes.empty());
      CHECK(read_npz_array(file.path, name).bytes == array.bytes);
    }
  }
  CHECK_THROWS_WITH(read_npz_array(file.path, "weihgts"),
                    Catch::Contains("no array 'weihgts'") && Catch::Contains("image, names"));
  // A header that promises other data than the member holds.
  const std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
  CHECK_THROWS_AS(parse_npy_header(npy(text, 11), npy(text, 11).size(), "here"), Error);
  CHECK(parse_npy_header(npy(text, 0), npy(text, 12).size(), "here").shape ==
        std::vector<int64_t>{3});
}
