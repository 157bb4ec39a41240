// A picture drawn point by point and written as PNG: the pages on which datasets show samples.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace modhost {
inline namespace v1 {

using Color = std::array<uint8_t, 3>;  // red, green, blue

// The look of a page: samples on cards.
constexpr Color kPageGround = {236, 238, 241};
constexpr Color kCardGround = {250, 250, 251};
constexpr Color kCardEdge = {214, 218, 224};
constexpr Color kPanelEdge = {170, 176, 185};

class Picture {
 public:
  // Error(config) unless both sides have 1 .. 20,000 pixels.
  Picture(int64_t width, int64_t height, const Color& ground);

  int64_t width() const { return width_; }
  int64_t height() const { return height_; }

  // The pixel in column x and row y, [3]; both must be inside.
  uint8_t* at(int64_t x, int64_t y) { return &pixels_[index(x, y)]; }
  const uint8_t* at(int64_t x, int64_t y) const { return &pixels_[index(x, y)]; }

  // A rectangle; what lies outside is left out, also by frame().
  void fill(int64_t left, int64_t top, int64_t width, int64_t height, const Color& color);
  // Around the given area, `thickness` pixels outwards.
  void frame(int64_t left, int64_t top, int64_t width, int64_t height, int64_t thickness,
             const Color& color);
  // Mixes `share` (0 .. 1) of the colour into a pixel, which must be inside.
  void blend(int64_t x, int64_t y, const Color& color, double share);

  std::string png() const;
  // Whole or not at all, as write_file_atomically().
  void write(const std::filesystem::path& path) const;

 private:
  size_t index(int64_t x, int64_t y) const { return static_cast<size_t>((y * width_ + x) * 3); }

  int64_t width_, height_;
  std::vector<uint8_t> pixels_;  // [height, width, 3]
};

}  // namespace v1
}  // namespace modhost
