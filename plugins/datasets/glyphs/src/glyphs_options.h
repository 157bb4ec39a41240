// Options of the dataset `glyphs`.
#pragma once

#include <modhost/image_changes.h>
#include <modhost/option.h>

namespace modhost_glyphs {

struct GlyphsOptions : modhost::Options {
  template <typename T>
  using Option = modhost::Option<T>;
  using Names = std::vector<std::string>;

  Option<int64_t> side{*this, "side", 32, "pixels along an image", modhost::Range{16, 64}};
  Option<int64_t> channels{*this, "channels", 3, "1 for grey, 3 for colour", modhost::Range{1, 3}};
  Option<double> jitter{*this, "jitter", 1,
                        "how far a glyph is turned, moved, sheared and bent; 0: not at all",
                        modhost::Range{0, 1}};
  Option<int64_t> clutter{*this, "clutter", 1, "short strokes behind the glyph",
                          modhost::Range{0, 20}};
  Option<double> noise{*this, "noise", 0.05,
                       "standard deviation of each pixel; black to white is 1",
                       modhost::Range{0, 1}};
  Option<Names> tasks{*this,
                      "tasks",
                      {},
                      "glyphs to leave out, one in each task, or glyphs that stand alone, joined "
                      "by +; none: each left out"};
  Option<int64_t> train{*this, "train", 20'000, "training images", modhost::Range{0, 1e7}};
  Option<int64_t> validation{*this, "validation", 1000, "validation images",
                             modhost::Range{0, 1e7}};
  Option<int64_t> test{*this, "test", 2000, "test images", modhost::Range{0, 1e7}};
  Option<int64_t> seed{*this, "seed", 1234, "seed of the images", modhost::AtLeast{0}};
  Option<int64_t> cache_mb{*this, "cache_mb", 1024,
                           "memory for drawn images; what does not fit is drawn again",
                           modhost::AtLeast{0}};
  modhost::ImageChangesOptions changes{*this};

  // Error(config) for two channels.
  void validate() const override;
};

}  // namespace modhost_glyphs
