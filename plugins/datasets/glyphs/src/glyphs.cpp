// Ten glyphs drawn at random: image classification without a download.
#include "glyphs.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/random.h>
#include <modhost/subset.h>

#include <algorithm>

#include "contact_sheet.h"
#include "glyph.h"

namespace modhost_glyphs {
namespace {

constexpr const char* kWithout = "without_";
constexpr PixelScale kScale{127.5F, 64.F};  // mean and deviation near 0 and 1

// Image i shows glyph i mod 10.
class GlyphReader : public ImageReader {
 public:
  GlyphReader(const Look& look, int64_t count, uint64_t seed)
      : look_(look), count_(count), seed_(seed) {}

  int64_t size() const override { return count_; }
  std::vector<std::string> groups() const override { return glyph_names(); }
  int64_t group(int64_t index) const override { return index % kGlyphs; }
  int64_t read(int64_t index, uint8_t* pixels) const override {
    paint_glyph(static_cast<int>(index % kGlyphs), look_,
                derive_seed(seed_, static_cast<uint64_t>(index)), pixels);
    return index % kGlyphs;
  }

 private:
  Look look_;
  int64_t count_;
  uint64_t seed_;
};

int64_t left_out(const std::string& task) {
  const auto& names = glyph_names();
  const std::string name = task.substr(std::string(kWithout).size());
  return std::find(names.begin(), names.end(), name) - names.begin();
}

}  // namespace

void GlyphsOptions::validate() const {
  check(channels() != 2, ErrorCode::config, "option 'dataset.channels' is 2, allowed are 1 and 3");
}

Glyphs::Glyphs(std::shared_ptr<const Options> given)
    : Dataset(std::move(given)),
      memory_(std::make_shared<ImageMemory>(options().cache_mb() * (int64_t{1} << 20))) {}

Look Glyphs::look() const {
  return {options().side(), options().channels(), options().jitter(), options().clutter(),
          options().noise()};
}

uint64_t Glyphs::seed(Split split) const {
  return derive_seed(static_cast<uint64_t>(options().seed()), to_string(split));
}

Signature Glyphs::signature() const {
  return {Input::image,
          {options().channels(), options().side(), options().side()},
          Output::classes,
          {kGlyphs}};
}

std::vector<Task> Glyphs::tasks() const {
  const auto& names = options().tasks().empty() ? glyph_names() : options().tasks();
  std::vector<Task> out;
  for (const std::string& name : names) {
    out.push_back({kWithout + name, "all glyphs but '" + name + "'; compared with it alone"});
  }
  return out;
}

std::string Glyphs::describe() const {
  const std::string side = std::to_string(options().side());
  return count_text(options().train()) + " images (ten glyphs, " + side + "x" + side + " pixels, " +
         (options().channels() == 1 ? "grey" : "colour") + ", generated)";
}

double Glyphs::chance() const { return 1.0 / kGlyphs; }

std::shared_ptr<const Source> Glyphs::all(Split split) const {
  auto& source = sources_[split];
  if (source == nullptr) {
    const int64_t count = split == Split::train        ? options().train()
                          : split == Split::validation ? options().validation()
                                                       : options().test();
    source =
        std::make_shared<ImageSource>(std::make_unique<GlyphReader>(look(), count, seed(split)),
                                      signature().input_shape, kScale, memory_);
  }
  return source;
}

std::shared_ptr<const Source> Glyphs::selected(int64_t glyph, bool only, Split split) const {
  const auto whole = all(split);
  std::vector<int64_t> indices;
  for (int64_t index = 0; index < whole->size(); ++index) {
    if ((whole->group(index) == glyph) == only) indices.push_back(index);
  }
  return subset(whole, std::move(indices));
}

std::shared_ptr<const Source> Glyphs::task(const std::string& name, Split split) const {
  check_task(*this, name);
  return selected(left_out(name), false, split);
}

std::shared_ptr<const Source> Glyphs::other(const std::string& name, Split split) const {
  check_task(*this, name);
  return selected(left_out(name), true, split);
}

void Glyphs::show(const std::filesystem::path& picture) const {
  write_sheet(look(), seed(Split::train), picture);
}

}  // namespace modhost_glyphs
