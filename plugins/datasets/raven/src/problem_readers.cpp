#include "problem_readers.h"

#include <modhost/error.h>

#include <algorithm>
#include <cstring>

#include "area_resample.h"
#include "generator.h"
#include "renderer.h"

namespace modhost::raven {
namespace {

// Draws problem after problem; the configurations take turns.
class GeneratedReader : public ImageReader {
 public:
  GeneratedReader(const TaskSet& set, Split split, int64_t count, int64_t side, uint64_t seed)
      : generator_(set),
        renderer_(set.values),
        resampler_(static_cast<int>(side)),
        split_(split),
        count_(count),
        seed_(seed) {}

  int64_t size() const override { return count_; }
  std::vector<std::string> groups() const override {
    std::vector<std::string> names;
    for (const Configuration configuration : configurations()) {
      names.emplace_back(info(configuration).folder);
    }
    return names;
  }
  int64_t group(int64_t index) const override {
    return index % static_cast<int64_t>(configurations().size());
  }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    const auto turns = static_cast<int64_t>(configurations().size());
    const Problem problem = generator_.generate(configurations()[index % turns], split_,
                                                static_cast<uint64_t>(index / turns), seed_);
    if (resampler_.side() == kCanvas) {
      renderer_.draw(problem, pixels);
    } else {
      thread_local std::vector<uint8_t> full(kImageBytes);
      renderer_.draw(problem, full.data());
      resampler_.apply(full.data(), kPanels, pixels);
    }
    return problem.target;
  }

 private:
  const std::vector<Configuration>& configurations() const {
    return generator_.task_set().configurations;
  }

  Generator generator_;
  Renderer renderer_;
  AreaResampler resampler_;
  Split split_;
  int64_t count_;
  uint64_t seed_;
};

// Reads official files, resampled when they have 160 pixels and another side is wanted.
class FolderReader : public ImageReader {
 public:
  FolderReader(std::vector<ProblemFile> files, int64_t side)
      : files_(std::move(files)), side_(side), resampler_(static_cast<int>(side)) {
    for (const ProblemFile& file : files_) {
      if (std::find(groups_.begin(), groups_.end(), file.group) == groups_.end()) {
        groups_.push_back(file.group);
      }
    }
  }

  int64_t size() const override { return static_cast<int64_t>(files_.size()); }
  std::vector<std::string> groups() const override { return groups_; }
  int64_t group(int64_t index) const override {
    return std::find(groups_.begin(), groups_.end(), files_[index].group) - groups_.begin();
  }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    const LoadedProblem problem = load_problem(files_[index].path);
    if (problem.side == side_) {
      std::memcpy(pixels, problem.image.data(), problem.image.size());
      return problem.target;
    }
    check(problem.side == kCanvas, ErrorCode::data,
          "'" + files_[index].path.string() + "' has panels of " + std::to_string(problem.side) +
              " pixels; 'dataset.side' is " + std::to_string(side_) +
              " and only panels of 160 pixels can be scaled");
    resampler_.apply(problem.image.data(), kPanels, pixels);
    return problem.target;
  }

 private:
  std::vector<ProblemFile> files_;
  std::vector<std::string> groups_;
  int64_t side_;
  AreaResampler resampler_;
};

// Swaps rows and columns of each panel.
class TransposedReader : public ImageReader {
 public:
  TransposedReader(std::unique_ptr<ImageReader> reader, int64_t side)
      : reader_(std::move(reader)), side_(side) {}

  int64_t size() const override { return reader_->size(); }
  std::vector<std::string> groups() const override { return reader_->groups(); }
  int64_t group(int64_t index) const override { return reader_->group(index); }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    const int64_t target = reader_->read(index, pixels);
    for (int panel = 0; panel < kPanels; ++panel, pixels += side_ * side_) {
      for (int64_t y = 0; y < side_; ++y) {
        for (int64_t x = 0; x < y; ++x) std::swap(pixels[y * side_ + x], pixels[x * side_ + y]);
      }
    }
    return target;
  }

 private:
  std::unique_ptr<ImageReader> reader_;
  int64_t side_;
};

}  // namespace

std::unique_ptr<ImageReader> generated_problems(const TaskSet& set, Split split, int64_t count,
                                                int64_t side, uint64_t seed) {
  return std::make_unique<GeneratedReader>(set, split, count, side, seed);
}

std::unique_ptr<ImageReader> read_problems(std::vector<ProblemFile> files, int64_t side) {
  return std::make_unique<FolderReader>(std::move(files), side);
}

std::unique_ptr<ImageReader> transposed(std::unique_ptr<ImageReader> reader, int64_t side) {
  return std::make_unique<TransposedReader>(std::move(reader), side);
}

}  // namespace modhost::raven
