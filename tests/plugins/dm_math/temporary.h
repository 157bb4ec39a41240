// A folder that is removed at the end, and refusals as text.
#pragma once

#include <modhost/error.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

namespace dm_math_test {

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("modhost_dm_math_" + std::to_string(::getpid()));
  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

// What is said when `work` is refused as bad data or a bad option; "accepted" otherwise.
template <typename F>
std::string refusal(const F& work) {
  try {
    work();
  } catch (const modhost::Error& error) {
    const bool expected =
        error.code() == modhost::ErrorCode::data || error.code() == modhost::ErrorCode::config;
    CHECK(expected);
    CHECK(error.full().find('\n') == std::string::npos);
    return error.full();
  }
  return "accepted";
}

inline std::filesystem::path fixture() {
  return MODHOST_TEST_DATA "/dm_math/mathematics_dataset-v1.0.tar.gz";
}

}  // namespace dm_math_test
