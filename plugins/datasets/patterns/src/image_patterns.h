// The datasets `lines`, `circles` and `noise`.
#pragma once

#include <modhost/class_tasks.h>
#include <modhost/dataset.h>
#include <modhost/image_source.h>

#include <map>
#include <memory>
#include <string>

namespace modhost_patterns {

using namespace modhost;

enum class Pattern { lines, circles, noise };

struct PatternOptions : Options {
  Option<int64_t> side{*this, "side", 28, "pixels along an image", Range{10, 256}};
  Option<int64_t> tile{*this, "tile", 1, "channels that all show the same", Range{1, 16}};
  Option<std::vector<std::string>> tasks{
      *this,
      "tasks",
      {},
      "classes to leave out, one in each task, or classes that stand alone, joined by +; none: "
      "each class left out"};
  Option<int64_t> train{
      *this, "train", 60'000, "training images", Range{0, 1e7}, Paper{"Filan et al. 2021"}};
  Option<int64_t> validation{*this, "validation", 5000, "validation images", Range{0, 1e7}};
  Option<int64_t> test{*this,         "test",        10'000,
                       "test images", Range{0, 1e7}, Paper{"Filan et al. 2021"}};
  Option<int64_t> seed{*this, "seed", 42, "seed of the images", AtLeast{0}};
  Option<int64_t> cache_mb{*this, "cache_mb", 1024,
                           "memory for drawn images; what does not fit is drawn again", AtLeast{0}};
};

struct CircleOptions : PatternOptions {
  Option<int64_t> radius{*this, "radius", 4, "of each circle, in pixels", Range{1, 100}};
  // Error(config) for circles that are larger than an image.
  void validate() const override;
};

// Images [tile, side, side] of ten classes, bytes as 0 .. 1.
class ImagePatterns : public DatasetBase {
 public:
  ImagePatterns(Pattern pattern, std::shared_ptr<const Options> options);

  Signature signature() const override;
  std::vector<Task> tasks() const override { return tasks_.list(); }
  std::string unit() const override { return "images"; }
  std::string describe() const override;
  double chance() const override { return 0.1; }
  std::shared_ptr<const Source> all(Split split) const override;
  std::shared_ptr<const Source> task(const std::string& name, Split split) const override;
  std::shared_ptr<const Source> other(const std::string& name, Split split) const override;
  // In the format of MNIST, validation images behind the training images.
  void export_to(const std::filesystem::path& folder) const override;
  void show(const std::filesystem::path& picture) const override;

 private:
  int64_t count(Split split) const;
  std::unique_ptr<ImageReader> reader(Split split) const;

  Pattern pattern_;
  std::shared_ptr<const PatternOptions> given_;
  ClassTasks tasks_;
  std::shared_ptr<ImageMemory> memory_;
  mutable std::map<Split, std::shared_ptr<const Source>> sources_;
};

struct Lines : ImagePatterns {
  using OptionsType = PatternOptions;
  explicit Lines(std::shared_ptr<const Options> given)
      : ImagePatterns(Pattern::lines, std::move(given)) {}
};

struct Circles : ImagePatterns {
  using OptionsType = CircleOptions;
  explicit Circles(std::shared_ptr<const Options> given)
      : ImagePatterns(Pattern::circles, std::move(given)) {}
};

struct Noise : ImagePatterns {
  using OptionsType = PatternOptions;
  explicit Noise(std::shared_ptr<const Options> given)
      : ImagePatterns(Pattern::noise, std::move(given)) {}
};

}  // namespace modhost_patterns
