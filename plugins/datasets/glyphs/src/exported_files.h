// Glyphs in the file formats of well-known datasets.
#pragma once

#include <modhost/labelled_images.h>

#include <filesystem>

namespace modhost_glyphs {

struct GlyphFiles {
  modhost::LabelledImages train, test;
};

// Grey images as the four IDX files of MNIST, colour images of 32 x 32 pixels as the binary files
// of CIFAR-10 in cifar-10-batches-bin. Error(usage) for others, and when a part is empty.
void write_glyph_files(const GlyphFiles& files, const std::filesystem::path& folder);

}  // namespace modhost_glyphs
