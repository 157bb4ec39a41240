// Images whose classes are known by construction: counts of lines or circles, or nothing at all.
#include "image_patterns.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/labelled_images.h>
#include <modhost/random.h>

#include <algorithm>

#include "pattern.h"

namespace modhost_patterns {
namespace {

// Named by what is counted, or by nothing.
std::vector<std::string> classes_of(Pattern pattern) {
  std::vector<std::string> out;
  for (int number = 0; number < kClasses; ++number) {
    out.push_back(pattern == Pattern::lines     ? std::to_string(number + 1)
                  : pattern == Pattern::circles ? std::to_string(number)
                                                : "label_" + std::to_string(number));
  }
  return out;
}

struct Look {
  Pattern pattern;
  int64_t side, tile, radius;
};

int64_t draw(const Look& look, uint64_t seed, uint8_t* pixels) {
  if (look.pattern == Pattern::lines) return draw_lines(seed, look.side, pixels);
  if (look.pattern == Pattern::noise) return draw_noise(seed, look.side, pixels);
  return draw_circles(seed, look.side, look.radius, pixels);
}

class PatternReader : public ImageReader {
 public:
  PatternReader(const Look& look, int64_t count, uint64_t seed) : look_(look), seed_(seed) {
    std::vector<uint8_t> pixels(static_cast<size_t>(look.side * look.side));
    for (int64_t index = 0; index < count; ++index) {
      labels_.push_back(static_cast<uint8_t>(draw(look_, seed_of(index), pixels.data())));
    }
  }

  int64_t size() const override { return static_cast<int64_t>(labels_.size()); }
  std::vector<std::string> groups() const override { return classes_of(look_.pattern); }
  int64_t group(int64_t index) const override { return labels_[static_cast<size_t>(index)]; }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    const int64_t label = draw(look_, seed_of(index), pixels), plane = look_.side * look_.side;
    for (int64_t copy = 1; copy < look_.tile; ++copy) {
      std::copy_n(pixels, plane, pixels + copy * plane);
    }
    return label;
  }

 private:
  uint64_t seed_of(int64_t index) const { return derive_seed(seed_, static_cast<uint64_t>(index)); }

  Look look_;
  uint64_t seed_;
  std::vector<uint8_t> labels_;
};

}  // namespace

void CircleOptions::validate() const {
  check(2 * radius() < side(), ErrorCode::config,
        "option 'dataset.radius': circles of radius " + std::to_string(radius()) +
            " do not fit into images of " + std::to_string(side()) + " pixels",
        "take at most " + std::to_string((side() - 1) / 2));
}

ImagePatterns::ImagePatterns(Pattern pattern, std::shared_ptr<const Options> options)
    : pattern_(pattern),
      given_(std::static_pointer_cast<const PatternOptions>(std::move(options))),
      tasks_(classes_of(pattern), given_->tasks(), "classes"),
      memory_(std::make_shared<ImageMemory>(given_->cache_mb() * (int64_t{1} << 20))) {}

int64_t ImagePatterns::count(Split split) const {
  if (split == Split::train) return given_->train();
  return split == Split::validation ? given_->validation() : given_->test();
}

std::unique_ptr<ImageReader> ImagePatterns::reader(Split split) const {
  const auto* circles = dynamic_cast<const CircleOptions*>(given_.get());
  const Look look{pattern_, given_->side(), given_->tile(),
                  circles == nullptr ? 0 : circles->radius()};
  const uint64_t seed = derive_seed(static_cast<uint64_t>(given_->seed()), to_string(split));
  return std::make_unique<PatternReader>(look, count(split), seed);
}

Signature ImagePatterns::signature() const {
  return {
      Input::image, {given_->tile(), given_->side(), given_->side()}, Output::classes, {kClasses}};
}

std::string ImagePatterns::describe() const {
  const char* what[] = {"1 to 10 vertical lines", "0 to 9 circles",
                        "random pixels with random labels"};
  const std::string side = std::to_string(given_->side());
  return count_text(given_->train()) + " images (" + what[static_cast<int>(pattern_)] + ", " +
         side + "x" + side + " pixels, generated)";
}

std::shared_ptr<const Source> ImagePatterns::all(Split split) const {
  auto& source = sources_[split];
  if (source == nullptr) {
    source = std::make_shared<ImageSource>(reader(split), signature().input_shape, PixelScale{},
                                           memory_);
  }
  return source;
}

std::shared_ptr<const Source> ImagePatterns::task(const std::string& name, Split split) const {
  return tasks_.task(name, all(split));
}

std::shared_ptr<const Source> ImagePatterns::other(const std::string& name, Split split) const {
  return tasks_.other(name, all(split));
}

void ImagePatterns::export_to(const std::filesystem::path& folder) const {
  const std::vector<int64_t> shape = signature().input_shape;
  LabelledImages train = read_all(*reader(Split::train), shape);
  const LabelledImages more = read_all(*reader(Split::validation), shape);
  train.pixels.insert(train.pixels.end(), more.pixels.begin(), more.pixels.end());
  train.labels.insert(train.labels.end(), more.labels.begin(), more.labels.end());
  make_folder(folder);
  write_idx_files(train, folder / "train");
  write_idx_files(read_all(*reader(Split::test), shape), folder / "t10k");
}

void ImagePatterns::show(const std::filesystem::path& picture) const {
  write_reader_sheet(picture, *reader(Split::train), signature().input_shape);
}

}  // namespace modhost_patterns
