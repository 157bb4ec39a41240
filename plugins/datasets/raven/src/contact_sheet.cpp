#include "contact_sheet.h"

#include <modhost/error.h>
#include <modhost/picture.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "area_resample.h"

namespace modhost::raven {
namespace {

// All lengths in pixels.
constexpr int kMatrixPanel = 100;
constexpr int kGap = 8;
constexpr int kCandidatePanel = (3 * kMatrixPanel - kGap) / 4;  // four rows are as high as three
constexpr int kBetween = 36;                                    // from the matrix to the candidates
constexpr int kBlockWidth = 3 * kMatrixPanel + 2 * kGap + kBetween + 2 * kCandidatePanel + kGap;
constexpr int kBlockHeight = 3 * kMatrixPanel + 2 * kGap;
constexpr int kPadding = 18;  // inside the card of a problem
constexpr int kMargin = 20;   // between cards
constexpr int kCardWidth = kBlockWidth + 2 * kPadding;
constexpr int kCardHeight = kBlockHeight + 2 * kPadding;
constexpr int kLargestPage = 20000;  // of a picture

constexpr Color kQuestionGround = {228, 232, 238};
constexpr Color kQuestion = {96, 108, 124};
constexpr Color kCorrect = {24, 140, 70};

// Distance from (x, y) to the strokes of a question mark in a unit square.
double question_distance(double x, double y) {
  constexpr double kRadius = 0.13;
  const double dx = x - 0.5;
  const double dy = y - 0.37;
  // Three quarters of a circle: from the left over the top to the bottom.
  const bool on_arc = !(dx < 0 && dy > 0);
  double distance = on_arc ? std::abs(std::hypot(dx, dy) - kRadius) : std::hypot(dx + kRadius, dy);
  const double stem = std::clamp(y, 0.37 + kRadius, 0.58);
  distance = std::min(distance, std::hypot(dx, y - stem));
  return std::min(distance, std::hypot(dx, y - 0.70) - 0.012);
}

void draw_question(Picture& page, int left, int top) {
  constexpr double kStroke = 0.033;
  page.fill(left, top, kMatrixPanel, kMatrixPanel, kQuestionGround);
  page.frame(left, top, kMatrixPanel, kMatrixPanel, 1, kPanelEdge);
  for (int y = 0; y < kMatrixPanel; ++y) {
    for (int x = 0; x < kMatrixPanel; ++x) {
      const double distance = question_distance((x + 0.5) / kMatrixPanel, (y + 0.5) / kMatrixPanel);
      const double share = std::clamp((kStroke - distance) * kMatrixPanel + 0.5, 0.0, 1.0);
      if (share > 0) page.blend(left + x, top + y, kQuestion, share);
    }
  }
}

void draw_panel(Picture& page, int left, int top, const uint8_t* panel,
                const AreaResampler& scale) {
  const int side = scale.side();
  std::vector<uint8_t> small(static_cast<size_t>(side) * static_cast<size_t>(side));
  scale.apply(panel, 1, small.data());
  const uint8_t* grey = small.data();
  for (int y = top; y < top + side; ++y) {
    for (int x = left; x < left + side; ++x) std::fill_n(page.at(x, y), 3, *grey++);
  }
  page.frame(left, top, side, side, 1, kPanelEdge);
}

void draw_problem(Picture& page, int left, int top, const SheetEntry& entry) {
  const AreaResampler matrix_scale(kMatrixPanel);
  const AreaResampler candidate_scale(kCandidatePanel);
  page.fill(left, top, kCardWidth, kCardHeight, kCardGround);
  page.frame(left, top, kCardWidth, kCardHeight, 1, kCardEdge);
  left += kPadding;
  top += kPadding;
  constexpr int kStep = kMatrixPanel + kGap;
  for (int index = 0; index < kContextPanels; ++index) {
    draw_panel(page, left + index % 3 * kStep, top + index / 3 * kStep,
               entry.image.data() + static_cast<size_t>(index) * kPanelPixels, matrix_scale);
  }
  draw_question(page, left + 2 * kStep, top + 2 * kStep);
  left += 3 * kMatrixPanel + 2 * kGap + kBetween;
  constexpr int kCandidateStep = kCandidatePanel + kGap;
  for (int index = 0; index < kCandidates; ++index) {
    const int x = left + index % 2 * kCandidateStep;
    const int y = top + index / 2 * kCandidateStep;
    const auto panel = static_cast<size_t>(kContextPanels + index);
    draw_panel(page, x, y, entry.image.data() + panel * kPanelPixels, candidate_scale);
    if (index == entry.target) page.frame(x, y, kCandidatePanel, kCandidatePanel, 3, kCorrect);
  }
}

}  // namespace

void write_sheet(const std::vector<SheetEntry>& entries, const std::filesystem::path& path,
                 int columns) {
  const int count = static_cast<int>(std::min<size_t>(entries.size(), kLargestPage));
  const int across = std::clamp(columns, 1, std::max(count, 1));
  const int64_t rows = (static_cast<int64_t>(entries.size()) + across - 1) / across;
  const int64_t width = kMargin + int64_t{across} * (kCardWidth + kMargin);
  const int64_t height = kMargin + rows * (kCardHeight + kMargin);
  if (entries.empty() || width > kLargestPage || height > kLargestPage) {
    throw Error(ErrorCode::config,
                "a sheet of " + std::to_string(entries.size()) + " problems in " +
                    std::to_string(across) + " columns cannot be drawn, needed 1 to " +
                    std::to_string(across * (kLargestPage - kMargin) / (kCardHeight + kMargin)));
  }
  Picture page(width, height, kPageGround);
  for (size_t index = 0; index < entries.size(); ++index) {
    if (entries[index].image.size() != kImageBytes) {
      throw Error(ErrorCode::shape, "a sheet needs images of 16 panels of 160 x 160 pixels");
    }
    const int column = static_cast<int>(index) % across;
    const int row = static_cast<int>(index) / across;
    draw_problem(page, kMargin + column * (kCardWidth + kMargin),
                 kMargin + row * (kCardHeight + kMargin), entries[index]);
  }
  page.write(path);
}

void write_sheet(const std::vector<Problem>& problems, const Renderer& renderer,
                 const std::filesystem::path& path, int columns) {
  std::vector<SheetEntry> entries;
  for (const Problem& problem : problems) {
    SheetEntry entry = {std::vector<uint8_t>(kImageBytes), problem.target};
    renderer.draw(problem, entry.image.data());
    entries.push_back(std::move(entry));
  }
  write_sheet(entries, path, columns);
}

}  // namespace modhost::raven
