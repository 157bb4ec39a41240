#include "glyph.h"

namespace modhost_glyphs {
namespace {

constexpr double kPi = 3.14159265358979323846;

Stroke hook() {
  Stroke out{{0.45, -0.8}};
  const Stroke bow = arc({0, 0.3}, 0.45, 0, kPi, 8);
  out.insert(out.end(), bow.begin(), bow.end());
  return out;
}

struct Glyph {
  std::string name;
  std::vector<Stroke> strokes;
};

const std::vector<Glyph>& glyphs() {
  static const std::vector<Glyph> all{
      {"ring", {arc({0, 0}, 0.8, 0, 2 * kPi, 16)}},
      {"square", {{{-0.7, -0.7}, {0.7, -0.7}, {0.7, 0.7}, {-0.7, 0.7}, {-0.7, -0.7}}}},
      {"triangle", {{{0, -0.8}, {0.75, 0.65}, {-0.75, 0.65}, {0, -0.8}}}},
      {"plus", {{{0, -0.8}, {0, 0.8}}, {{-0.8, 0}, {0.8, 0}}}},
      {"cross", {{{-0.65, -0.65}, {0.65, 0.65}}, {{0.65, -0.65}, {-0.65, 0.65}}}},
      {"arrow", {{{0, 0.8}, {0, -0.8}}, {{-0.5, -0.25}, {0, -0.8}, {0.5, -0.25}}}},
      {"tee", {{{-0.7, -0.75}, {0.7, -0.75}}, {{0, -0.75}, {0, 0.8}}}},
      {"ell", {{{-0.5, -0.8}, {-0.5, 0.75}, {0.6, 0.75}}}},
      {"zed", {{{-0.65, -0.7}, {0.65, -0.7}, {-0.65, 0.7}, {0.65, 0.7}}}},
      {"hook", {hook()}},
  };
  return all;
}

}  // namespace

const std::vector<std::string>& glyph_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Glyph& glyph : glyphs()) out.push_back(glyph.name);
    return out;
  }();
  return names;
}

const std::vector<Stroke>& glyph_strokes(int glyph) {
  return glyphs().at(static_cast<size_t>(glyph)).strokes;
}

}  // namespace modhost_glyphs
