#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/random.h>
#include <modhost/state_file.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

using namespace modhost;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("modhost_state_" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
};

NamedTensors sample() {
  torch::manual_seed(1);
  return {{"a.weight", torch::randn({3, 4})},
          {"b", torch::tensor(int64_t{-7})},
          {"empty", torch::zeros({0, 5})},
          {"half", torch::randn({3}).to(torch::kHalf)},
          {"mask", torch::randint(2, {2, 2}).to(torch::kUInt8)},
          {"double", torch::randn({2, 1, 3}, torch::kDouble)},
          {"turned", torch::randn({4, 2}).t()}};
}

void check_equal(const NamedTensors& a, const NamedTensors& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].first == b[i].first);
    CHECK(a[i].second.scalar_type() == b[i].second.scalar_type());
    CHECK(torch::equal(a[i].second, b[i].second));
  }
}

}  // namespace

TEST_CASE("safetensors come back bit for bit, with metadata", "[state_file]") {
  const Folder folder;
  save_safetensors(folder.path / "x", sample(), {{"key", "a \"value\"\n"}});
  Metadata metadata;
  check_equal(load_safetensors(folder.path / "x", &metadata), sample());
  CHECK(metadata.at("key") == "a \"value\"\n");
}

TEST_CASE("npz come back bit for bit", "[state_file]") {
  const Folder folder;
  save_npz(folder.path / "x.npz", sample());
  NamedTensors expected = sample();
  std::sort(expected.begin(), expected.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  check_equal(load_npz(folder.path / "x.npz"), expected);
}

TEST_CASE("a truncated or altered safetensors file is refused or read, never crashes",
          "[state_file]") {
  const Folder folder;
  save_safetensors(folder.path / "x", sample(), {{"k", "v"}});
  const std::string whole = read_file(folder.path / "x");
  for (size_t length = 0; length < whole.size(); ++length) {
    write_file_atomically(folder.path / "y", std::string_view(whole).substr(0, length));
    CHECK_THROWS_AS(load_safetensors(folder.path / "y"), Error);
  }
  RandomStream random(2);
  int refused = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    std::string bytes = whole;
    for (int flips = 0; flips < 3; ++flips) {
      bytes[random.below(std::min<size_t>(bytes.size(), 700))] = static_cast<char>(random.next());
    }
    write_file_atomically(folder.path / "y", bytes);
    try {
      load_safetensors(folder.path / "y");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::data);
      ++refused;
    }
  }
  CHECK(refused > 0);
}

TEST_CASE("a missing file is an error that names it", "[state_file]") {
  CHECK_THROWS_WITH(load_safetensors("/nowhere/x.safetensors"),
                    "cannot read '/nowhere/x.safetensors': No such file or directory");
}
