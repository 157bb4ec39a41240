#include "exported_files.h"

#include <modhost/error.h>
#include <modhost/files.h>

#include <string>

namespace modhost_glyphs {
namespace {

namespace fs = std::filesystem;
using modhost::LabelledImages;

constexpr int64_t kCifarSide = 32;
constexpr int64_t kBatches = 5;  // files of training images

// Images first .. last-1: for each its label, then its pixels, red, green and blue.
void write_cifar_file(const LabelledImages& images, int64_t first, int64_t last,
                      const fs::path& path) {
  std::string bytes;
  const auto size = static_cast<size_t>(images.image_bytes());
  for (auto image = static_cast<size_t>(first); image < static_cast<size_t>(last); ++image) {
    bytes += static_cast<char>(images.labels[image]);
    const auto begin = images.pixels.begin() + static_cast<std::ptrdiff_t>(image * size);
    bytes.append(begin, begin + static_cast<std::ptrdiff_t>(size));
  }
  modhost::write_file_atomically(path, bytes);
}

}  // namespace

void write_glyph_files(const GlyphFiles& files, const fs::path& folder) {
  using modhost::ErrorCode;
  const std::vector<int64_t>& shape = files.train.shape;
  const bool grey = shape.at(0) == 1;
  modhost::check(grey || (shape[0] == 3 && shape.at(1) == kCifarSide), ErrorCode::usage,
                 "images of " + std::to_string(shape[0]) + " channels and " +
                     std::to_string(shape.at(1)) +
                     " pixels have no file format, those of CIFAR-10 have 3 and 32",
                 "give '--dataset.side 32', or '--dataset.channels 1' for the format of MNIST");
  modhost::check(files.train.size() >= kBatches && files.test.size() > 0, ErrorCode::usage,
                 "there are " + std::to_string(files.train.size()) + " training and " +
                     std::to_string(files.test.size()) + " test images to write, needed are " +
                     std::to_string(kBatches) + " and 1");
  if (grey) {
    modhost::make_folder(folder);
    modhost::write_idx_files(files.train, folder / "train");
    modhost::write_idx_files(files.test, folder / "t10k");
    return;
  }
  const fs::path batches = folder / "cifar-10-batches-bin";
  modhost::make_folder(batches);
  const int64_t count = files.train.size();
  for (int64_t batch = 0; batch < kBatches; ++batch) {
    write_cifar_file(files.train, count * batch / kBatches, count * (batch + 1) / kBatches,
                     batches / ("data_batch_" + std::to_string(batch + 1) + ".bin"));
  }
  write_cifar_file(files.test, 0, files.test.size(), batches / "test_batch.bin");
}

}  // namespace modhost_glyphs
