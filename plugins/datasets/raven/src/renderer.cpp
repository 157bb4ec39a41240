#include "renderer.h"

#include <algorithm>
#include <cstring>

namespace modhost::raven {
namespace {

constexpr size_t kCacheLimit = size_t{192} << 20;
constexpr size_t kScales = 4;

// Slots come in four sizes; entities in slots of one size look the same.
size_t scale_index(const ComponentLayout& layout) {
  const double width = layout.boxes[0].width;
  return width > 0.75 ? 0 : width > 0.4 ? 1 : width > 0.2 ? 2 : 3;
}

void copy_clipped(const Run& run, const uint8_t* source, Point centre, uint8_t* pixels) {
  const int y = centre.y + run.y;
  if (y < 0 || y >= kCanvas) return;
  const int first = std::max(centre.x + run.x, 0);
  const int end = std::min(centre.x + run.x + run.length, kCanvas);
  if (first >= end) return;
  std::memcpy(pixels + y * kCanvas + first, source + (first - centre.x - run.x),
              static_cast<size_t>(end - first));
}

}  // namespace

Renderer::Renderer(ValueLists values)
    : values_(std::move(values)),
      drawn_colors_(values_.colors),
      cache_(kScales * values_.types.size() * values_.sizes.size() * values_.angles.size()) {
  check_values(values_);
  drawn_colors_.push_back(values_.container_color < 0 ? values_.colors[0]
                                                      : values_.container_color);
}

Renderer::~Renderer() {
  for (const auto& entry : cache_) delete entry.load();
}

const SpriteFamily& Renderer::family(const ComponentLayout& layout, const Entity& entity,
                                     std::unique_ptr<SpriteFamily>& spare) const {
  size_t index = scale_index(layout);
  index = index * values_.types.size() + entity.type - 1;
  index = index * values_.sizes.size() + entity.size;
  index = index * values_.angles.size() + entity.angle;
  std::atomic<const SpriteFamily*>& entry = cache_.at(index);
  if (const SpriteFamily* known = entry.load(std::memory_order_acquire)) return *known;
  spare = std::make_unique<SpriteFamily>();
  const Shape shape = values_.types[entity.type - 1u];
  build_sprites(shape_outline(shape, layout.boxes[0], values_.sizes[entity.size]),
                values_.angles[entity.angle], drawn_colors_, *spare);
  const size_t bytes = spare->bytes();
  if (cached_bytes_.fetch_add(bytes) + bytes > kCacheLimit) {
    cached_bytes_.fetch_sub(bytes);
    return *spare;
  }
  // Another thread may have been faster; both drew the same.
  const SpriteFamily* expected = nullptr;
  if (entry.compare_exchange_strong(expected, spare.get(), std::memory_order_acq_rel)) {
    return *spare.release();
  }
  cached_bytes_.fetch_sub(bytes);
  return *expected;
}

void Renderer::place(const ComponentLayout& layout, const Entity& entity, uint8_t* pixels) const {
  std::unique_ptr<SpriteFamily> spare;
  const SpriteFamily& drawn = family(layout, entity, spare);
  const Sprite& sprite = drawn.sprites[layout.container ? values_.colors.size() : entity.color];
  const Point centre = slot_centre(layout.boxes[entity.slot]);
  const uint8_t* source = sprite.pixels.data();
  const bool inside = centre.x >= drawn.half && centre.x + drawn.half < kCanvas &&
                      centre.y >= drawn.half && centre.y + drawn.half < kCanvas;
  uint8_t* origin = pixels + centre.y * kCanvas + centre.x;
  for (const Run& run : *sprite.runs) {
    if (inside) {
      std::memcpy(origin + run.y * kCanvas + run.x, source, static_cast<size_t>(run.length));
    } else {
      copy_clipped(run, source, centre, pixels);
    }
    source += run.length;
  }
}

void Renderer::draw_entity(const ComponentLayout& layout, const Entity& entity,
                           uint8_t* pixels) const {
  std::memset(pixels, 255, kPanelPixels);
  place(layout, entity, pixels);
}

void Renderer::draw_panel(Configuration configuration, const Panel& panel, uint8_t* pixels) const {
  std::memset(pixels, 255, kPanelPixels);
  const ConfigurationInfo& figure = info(configuration);
  for (size_t component = 0; component < static_cast<size_t>(figure.components); ++component) {
    const Group& group = panel.groups[component];
    for (size_t entity = 0; entity < group.count; ++entity) {
      place(figure.component[component], group.entities[entity], pixels);
    }
  }
  constexpr int kMiddle = kCanvas / 2;
  if (configuration == Configuration::left_center_single_right_center_single) {
    for (int row = 0; row < kCanvas; ++row) pixels[row * kCanvas + kMiddle] = 0;
  }
  if (configuration == Configuration::up_center_single_down_center_single) {
    std::memset(pixels + kMiddle * kCanvas, 0, kCanvas);
  }
}

void Renderer::draw(const Problem& problem, uint8_t* pixels) const {
  for (int index = 0; index < kPanels; ++index) {
    draw_panel(problem.configuration, problem.panel(index),
               pixels + static_cast<size_t>(index) * kPanelPixels);
  }
}

std::vector<int> Renderer::mask(const ComponentLayout& layout, const Entity& entity) const {
  std::unique_ptr<SpriteFamily> spare;
  const SpriteFamily& drawn = family(layout, entity, spare);
  const Point centre = slot_centre(layout.boxes[entity.slot]);
  std::vector<int> runs;
  for (const Run& run : drawn.solid) {
    const int y = centre.y + run.y;
    const int first = std::max(centre.x + run.x, 0);
    const int end = std::min(centre.x + run.x + run.length, kCanvas);
    if (y < 0 || y >= kCanvas || first >= end) continue;
    runs.push_back(y * kCanvas + first + 1);
    runs.push_back(end - first);
  }
  return runs;
}

}  // namespace modhost::raven
