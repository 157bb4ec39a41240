// Ten glyphs drawn at random: image classification without a download.
#include "glyphs.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/random.h>

#include "exported_files.h"
#include "glyph.h"

namespace modhost_glyphs {
namespace {

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

}  // namespace

void GlyphsOptions::validate() const {
  check(channels() != 2, ErrorCode::config, "option 'dataset.channels' is 2, allowed are 1 and 3");
}

Glyphs::Glyphs(std::shared_ptr<const Options> given)
    : Dataset(std::move(given)),
      changer_(changes(Split::train), {options().channels(), options().side(), options().side()}),
      tasks_(changes(Split::train).classes(glyph_names()), options().tasks(), "glyphs"),
      memory_(std::make_shared<ImageMemory>(options().cache_mb() * (int64_t{1} << 20))) {}

Look Glyphs::look() const {
  return {options().side(), options().channels(), options().jitter(), options().clutter(),
          options().noise()};
}

uint64_t Glyphs::seed(Split split) const {
  return derive_seed(static_cast<uint64_t>(options().seed()), to_string(split));
}

int64_t Glyphs::count(Split split) const {
  if (split == Split::train) return options().train();
  return split == Split::validation ? options().validation() : options().test();
}

ImageChanges Glyphs::changes(Split split) const {
  return options().changes.changes(derive_seed(seed(split), "changes"));
}

std::unique_ptr<ImageReader> Glyphs::reader(Split split) const {
  return changed_reader(changes(split),
                        std::make_unique<GlyphReader>(look(), count(split), seed(split)),
                        {options().channels(), options().side(), options().side()});
}

Signature Glyphs::signature() const {
  return {Input::image, changer_.shape(), Output::classes, {kGlyphs}};
}

std::string Glyphs::describe() const {
  const std::string side = std::to_string(options().side());
  return count_text(options().train()) + " images (ten glyphs, " + side + "x" + side + " pixels, " +
         (options().channels() == 1 ? "grey" : "colour") + changes(Split::train).text() +
         ", generated)";
}

double Glyphs::chance() const { return 1.0 / kGlyphs; }

std::shared_ptr<const Source> Glyphs::all(Split split) const {
  auto& source = sources_[split];
  if (source == nullptr) {
    source = std::make_shared<ImageSource>(reader(split), signature().input_shape, kScale, memory_);
  }
  return source;
}

std::shared_ptr<const Source> Glyphs::task(const std::string& name, Split split) const {
  return tasks_.task(name, all(split));
}

std::shared_ptr<const Source> Glyphs::other(const std::string& name, Split split) const {
  return tasks_.other(name, all(split));
}

void Glyphs::export_to(const std::filesystem::path& folder) const {
  GlyphFiles files{read_all(*reader(Split::train), signature().input_shape),
                   read_all(*reader(Split::test), signature().input_shape)};
  const LabelledImages more = read_all(*reader(Split::validation), signature().input_shape);
  files.train.pixels.insert(files.train.pixels.end(), more.pixels.begin(), more.pixels.end());
  files.train.labels.insert(files.train.labels.end(), more.labels.begin(), more.labels.end());
  write_glyph_files(files, folder);
}

void Glyphs::show(const std::filesystem::path& picture) const {
  write_reader_sheet(picture, *reader(Split::train), signature().input_shape);
}

}  // namespace modhost_glyphs
