// Shared by the tests of the raven plugin: where the reference data lies, and small comparisons.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "generator.h"
#include "random_stream.h"
#include "renderer.h"

namespace modhost::raven {

inline std::filesystem::path data_folder() {
  return std::filesystem::path(MODHOST_TEST_DATA) / "raven";
}

// The .npz files of the reference problems.
inline std::vector<std::filesystem::path> reference_problems() {
  std::vector<std::filesystem::path> paths;
  for (const char* scheme : {"raven", "iraven"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(data_folder() / scheme)) {
      if (entry.path().extension() == ".npz") paths.push_back(entry.path());
    }
  }
  return paths;
}

// An empty folder that disappears with the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    static std::atomic<int> counter{0};
    path_ = std::filesystem::temp_directory_path() /
            ("modhost_raven_" + std::to_string(getpid()) + "_" + std::to_string(counter++));
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::vector<uint8_t> draw(const Renderer& renderer, const Problem& problem) {
  std::vector<uint8_t> image(kImageBytes);
  renderer.draw(problem, image.data());
  return image;
}

inline uint64_t hash_bytes(const uint8_t* bytes, size_t count) {
  return hash_text({reinterpret_cast<const char*>(bytes), count});
}

// Share of pixels that differ by at most 8 grey levels, the agreement that is asked for.
inline double agreement(const uint8_t* a, const uint8_t* b, size_t count) {
  size_t close = 0;
  for (size_t pixel = 0; pixel < count; ++pixel) {
    close += std::abs(int{a[pixel]} - int{b[pixel]}) <= 8 ? 1 : 0;
  }
  return static_cast<double>(close) / static_cast<double>(count);
}

// A task set of one configuration, so that setting it up is cheap.
inline TaskSet single_set(const char* name, Configuration configuration) {
  TaskSet set = named_task_set(name);
  set.configurations = {configuration};
  return set;
}

}  // namespace modhost::raven
