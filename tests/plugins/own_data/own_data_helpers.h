// For the tests of the datasets of one's own data.
#pragma once

#include <modhost/dataset.h>
#include <modhost/npz.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace own_data_tests {

using modhost::Tensor;

inline std::filesystem::path data(const std::string& name) {
  return std::filesystem::path(MODHOST_TEST_DATA) / "own_data" / name;
}

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name)
      : path(std::filesystem::temp_directory_path() /
             ("modhost_own_data_" + std::to_string(::getpid()) + "_" + name)) {
    std::filesystem::create_directories(path);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << bytes;
    return (path / name).string();
  }
  const std::filesystem::path path;
};

// What make.py worked out.
inline Tensor expected(const std::string& name) {
  static const modhost::NpzArrays all = modhost::read_npz(data("expected.npz"));
  const modhost::NpyArray& array = all.at(name);
  const auto type = array.descr == "<f4"   ? torch::kFloat
                    : array.descr == "<i8" ? torch::kLong
                                           : torch::kByte;
  REQUIRE_FALSE(array.fortran_order);
  return torch::from_blob(const_cast<uint8_t*>(array.bytes.data()), array.shape, type).clone();
}

inline modhost::Batch everything(const modhost::Source& source) {
  std::vector<int64_t> indices(static_cast<size_t>(source.size()));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return source.load(indices);
}

// The rows of `table` in the given split.
inline Tensor rows_in(const Tensor& table, const Tensor& part, modhost::Split split) {
  return table.index_select(0, part.eq(static_cast<int64_t>(split)).nonzero().flatten());
}

// Both are rounded to float at different places: a few units in the last place.
constexpr double kRounding = 4e-6;

inline void check_close(const Tensor& seen, const Tensor& wanted) {
  REQUIRE(seen.sizes() == wanted.sizes());
  CHECK((seen - wanted).abs().max().item<double>() <= kRounding);
}

constexpr modhost::Split kSplits[] = {modhost::Split::train, modhost::Split::validation,
                                      modhost::Split::test};

}  // namespace own_data_tests
