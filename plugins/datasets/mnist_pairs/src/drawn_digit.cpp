#include "drawn_digit.h"

#include <array>
#include <cmath>

namespace modhost_mnist_pairs {
namespace {

using modhost::RandomStream;
using modhost_glyphs::between;
using modhost_glyphs::Point;
using modhost_glyphs::Stroke;

constexpr double kWholeTurn = 6.283185307179586;  // radians

constexpr double kJitter = 0.7;      // of what random_placing() can do
constexpr double kThinnest = 0.035;  // half the stroke, in sides
constexpr double kThickest = 0.065;
constexpr double kBend = 0.09;  // of waves that strokes are bent along, in units of the digit
constexpr double kSlowest = 1.5, kFastest = 3.5;  // radians of a wave in a unit

// Around a centre, from one angle to another in degrees, wider or higher than a circle.
Stroke bow(Point centre, double wide, double high, double from, double to) {
  constexpr int kPieces = 18;
  Stroke out =
      modhost_glyphs::arc({0, 0}, 1, from * kWholeTurn / 360, to * kWholeTurn / 360, kPieces);
  for (Point& point : out) {
    point = {centre.x + wide * point.x, centre.y + high * point.y};
  }
  return out;
}

std::array<std::vector<Writing>, kDigits> make_writings() {
  const Stroke stem{{0, -0.8}, {0, 0.8}}, flag{{-0.35, -0.4}, {0, -0.8}};
  const Stroke roof{{-0.5, -0.75}, {0.5, -0.75}}, slope{{0.5, -0.75}, {-0.1, 0.8}};
  const Stroke head = bow({0.02, -0.37}, 0.42, 0.41, 0, 360);
  return {{
      {{bow({0, 0}, 0.52, 0.8, 0, 360)}},
      {{stem}, {stem, flag}, {stem, flag, {{-0.35, 0.8}, {0.35, 0.8}}}},
      {{bow({0, -0.33}, 0.48, 0.47, 190, 400), {{0.37, -0.03}, {-0.5, 0.75}, {0.52, 0.75}}}},
      {{bow({-0.05, -0.4}, 0.42, 0.4, 190, 450), bow({-0.05, 0.4}, 0.5, 0.4, 270, 520)},
       {{{-0.45, -0.78}, {0.4, -0.78}, {-0.08, -0.1}}, bow({-0.08, 0.35}, 0.5, 0.45, 270, 520)}},
      {{{{0.2, 0.8}, {0.2, -0.8}, {-0.55, 0.28}, {0.55, 0.28}}},
       {{{-0.4, -0.75}, {-0.5, 0.1}, {0.5, 0.1}}, {{0.35, -0.75}, {0.3, 0.8}}}},
      {{{{0.45, -0.77}, {-0.35, -0.77}, {-0.44, 0.03}}, bow({-0.03, 0.3}, 0.5, 0.47, 215, 515)}},
      {{bow({0.45, 0.3}, 0.9, 1.1, 262, 180), bow({0, 0.36}, 0.45, 0.42, 180, 540)}},
      {{roof, slope}, {roof, slope, {{-0.15, 0}, {0.45, 0}}}},
      {{bow({0, -0.4}, 0.38, 0.38, 90, 450), bow({0, 0.39}, 0.46, 0.41, 270, 630)}},
      {{head, {{0.44, -0.37}, {0.3, 0.8}}}, {head, bow({-0.4, -0.37}, 0.84, 1.15, 0, 80)}},
  }};
}

// Bends what is drawn: points near each other are moved alike, so strokes that meet still do.
class Waves {
 public:
  explicit Waves(RandomStream& random)
      : across_(between(random, -kBend, kBend)),
        across_speed_(between(random, kSlowest, kFastest)),
        across_phase_(between(random, 0, kWholeTurn)),
        down_(between(random, -kBend, kBend)),
        down_speed_(between(random, kSlowest, kFastest)),
        down_phase_(between(random, 0, kWholeTurn)) {}

  Point operator()(Point p) const {
    return {p.x + across_ * std::sin(across_speed_ * p.y + across_phase_),
            p.y + down_ * std::sin(down_speed_ * p.x + down_phase_)};
  }

 private:
  double across_, across_speed_, across_phase_, down_, down_speed_, down_phase_;
};

}  // namespace

const std::vector<Writing>& writings(int digit) {
  static const std::array<std::vector<Writing>, kDigits> all = make_writings();
  return all.at(static_cast<size_t>(digit));
}

void draw_digit(int digit, uint64_t seed, uint8_t* pixels) {
  RandomStream random(seed);
  const std::vector<Writing>& ways = writings(digit);
  const Writing& way = ways[random.below(ways.size())];
  const auto place = modhost_glyphs::random_placing(random, kDigitSide, kJitter);
  const double half_width = kDigitSide * between(random, kThinnest, kThickest);
  const Waves bent(random);
  std::array<float, kDigitPixels> cover{};
  for (const Stroke& stroke : way) {
    for (size_t i = 1; i < stroke.size(); ++i) {
      modhost_glyphs::add_line(place(bent(stroke[i - 1])), place(bent(stroke[i])), half_width,
                               kDigitSide, cover.data());
    }
  }
  for (const float share : cover) *pixels++ = static_cast<uint8_t>(255 * share + 0.5F);
}

}  // namespace modhost_mnist_pairs
