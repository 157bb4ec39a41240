// Draws problems as the original data shows them: 160 x 160 pixels, black lines on white ground.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "attributes.h"
#include "problem.h"
#include "sprite.h"

namespace modhost::raven {

constexpr size_t kPanelPixels = size_t{kCanvas} * kCanvas;
constexpr size_t kImageBytes = kPanels * kPanelPixels;  // [16, 160, 160] uint8

// Keeps every entity it has drawn, so the second drawing is a copy. One renderer may be used by
// any number of threads; the standard values need at most 40 MB.
class Renderer {
 public:
  explicit Renderer(ValueLists values);
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  const ValueLists& values() const { return values_; }

  // pixels [16, 160, 160]: 8 context panels, then 8 candidates.
  void draw(const Problem& problem, uint8_t* pixels) const;

  // pixels [160, 160].
  void draw_panel(Configuration configuration, const Panel& panel, uint8_t* pixels) const;

  // One entity alone on the ground, pixels [160, 160]. The slots of `layout` must be as large as
  // those of one of the seven configurations.
  void draw_entity(const ComponentLayout& layout, const Entity& entity, uint8_t* pixels) const;

  // The mask of an entity as in the XML files: start (from 1, row-major) and length of each run.
  std::vector<int> mask(const ComponentLayout& layout, const Entity& entity) const;

 private:
  // A cached family, or one in `spare` when the cache is full.
  const SpriteFamily& family(const ComponentLayout& layout, const Entity& entity,
                             std::unique_ptr<SpriteFamily>& spare) const;
  void place(const ComponentLayout& layout, const Entity& entity, uint8_t* pixels) const;

  ValueLists values_;
  std::vector<int> drawn_colors_;  // the colors, then the color of containers
  mutable std::vector<std::atomic<const SpriteFamily*>> cache_;
  mutable std::atomic<size_t> cached_bytes_{0};
};

}  // namespace modhost::raven
