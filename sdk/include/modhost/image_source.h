// Images that are drawn or read when they are needed, and kept as bytes while there is room.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "modhost/dataset.h"
#include "modhost/labelled_images.h"

namespace modhost {
inline namespace v1 {

// Where the pixels of one sample come from.
class ImageReader {
 public:
  virtual ~ImageReader();
  virtual int64_t size() const = 0;
  // As in Source; none by default.
  virtual std::vector<std::string> groups() const;
  virtual int64_t group(int64_t index) const;
  // Writes the pixels of sample `index` and returns its target. The same index gives the same
  // bytes; called from several threads at once.
  virtual int64_t read(int64_t index, uint8_t* pixels) const = 0;
};

// All images of a reader in memory; shape as in ImageSource. Targets are 0 .. 255.
LabelledImages read_all(const ImageReader& reader, const std::vector<int64_t>& shape);

// A page with a row for each group: its first 16 images, as shown_pixels() shows them.
void write_reader_sheet(const std::filesystem::path& path, const ImageReader& reader,
                        const std::vector<int64_t>& shape);

// Room for images, shared by the sources of a dataset.
class ImageMemory {
 public:
  explicit ImageMemory(int64_t bytes) : left_(bytes) {}
  // True when `bytes` were still there; they are then taken.
  bool take(int64_t bytes);

 private:
  std::atomic<int64_t> left_;
};

// A byte b becomes (b - zero) / unit.
struct PixelScale {
  float zero = 0;
  float unit = 255;
};

class ImageSource : public Source {
 public:
  // shape: of one sample, {channels, height, width} or {panels, height, width}.
  ImageSource(std::unique_ptr<ImageReader> reader, std::vector<int64_t> shape,
              const PixelScale& scale, std::shared_ptr<ImageMemory> memory);
  ~ImageSource() override;

  int64_t size() const override { return reader_->size(); }
  // input [n, *shape] float, target [n] int64. What is not in memory is read by as many threads as
  // LibTorch has.
  Batch load(const std::vector<int64_t>& indices) const override;
  std::vector<std::string> groups() const override { return reader_->groups(); }
  int64_t group(int64_t index) const override { return reader_->group(index); }

 private:
  struct Kept {
    std::unique_ptr<uint8_t[]> pixels;  // [*shape], empty while not kept
    int64_t target = 0;
  };
  void scaled(const uint8_t* pixels, float* out) const;
  void read(int64_t index, float* out, int64_t* target) const;

  std::unique_ptr<ImageReader> reader_;
  std::vector<int64_t> shape_;
  int64_t bytes_;                 // of a sample
  std::array<float, 256> table_;  // what each byte becomes
  std::shared_ptr<ImageMemory> memory_;
  mutable std::vector<Kept> kept_;
};

}  // namespace v1
}  // namespace modhost
