#include "sheet.h"

#include <algorithm>
#include <string>

namespace modhost_featurevis {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int64_t kShownSide = 64, kGap = 8, kMargin = 20, kLabels = 34, kApart = 18;
constexpr int64_t kBar = 4, kDigit = 10, kBelow = 3;
constexpr int64_t kRowsShown = 40, kTilesShown = 19;  // of random units
constexpr int64_t kHighest = 18000;                   // pixels
constexpr Color kOwn = {31, 95, 170}, kRandom = {150, 157, 167}, kInk = {40, 44, 52};

// Digits of 3 x 5 points, a row in three bits.
constexpr uint8_t kDigits[10][5] = {
    {7, 5, 5, 5, 7}, {2, 6, 2, 2, 7}, {7, 1, 7, 4, 7}, {7, 1, 7, 1, 7}, {5, 5, 7, 1, 1},
    {7, 4, 7, 1, 7}, {7, 4, 7, 5, 7}, {7, 1, 1, 2, 2}, {7, 5, 7, 5, 7}, {7, 5, 7, 1, 7}};

void write_number(Picture& page, int64_t left, int64_t top, int64_t point, int64_t number) {
  for (const char c : std::to_string(number)) {
    if (c < '0' || c > '9') continue;
    for (int64_t y = 0; y < 5; ++y) {
      for (int64_t x = 0; x < 3; ++x) {
        if ((kDigits[c - '0'][y] >> (2 - x) & 1) == 0) continue;
        page.fill(left + x * point, top + y * point, point, point, kInk);
      }
    }
    left += 4 * point;
  }
}

// Sizes of a page, from its first tile.
struct Layout {
  int64_t height = 0, width = 0;  // of a picture, in its own pixels
  int64_t zoom = 1;
  int64_t below = 0;  // for the bar and the number
  size_t own = 0, random = 0;

  int64_t across() const { return width * zoom + kGap; }
  int64_t down() const { return height * zoom + below + kGap; }
  int64_t left(bool is_own, size_t at) const {
    const auto place = static_cast<int64_t>(is_own ? at : own + at);
    return kMargin + kLabels + place * across() + (is_own ? 0 : kApart);
  }
};

Layout layout_of(const std::vector<SheetRow>& rows) {
  Layout out;
  const Tile& first = rows.front().own.front();
  out.height = first.pixels.size(1);
  out.width = first.pixels.size(2);
  out.zoom = std::max<int64_t>(1, kShownSide / std::max(out.height, out.width));
  if (first.bar >= 0) out.below += kBelow + kBar;
  if (first.number >= 0) out.below += kBelow + kDigit;
  for (const SheetRow& row : rows) {
    out.own = std::max(out.own, row.own.size());
    out.random = std::max(out.random, std::min<size_t>(row.random.size(), kTilesShown));
  }
  return out;
}

void put_pixels(Picture& page, const Layout& layout, int64_t left, int64_t top,
                const Tensor& pixels) {
  const auto value = pixels.accessor<uint8_t, 3>();
  const int64_t last = pixels.size(0) - 1;
  for (int64_t y = 0; y < layout.height; ++y) {
    for (int64_t x = 0; x < layout.width; ++x) {
      const Color color = {value[0][y][x], value[std::min<int64_t>(1, last)][y][x],
                           value[std::min<int64_t>(2, last)][y][x]};
      page.fill(left + x * layout.zoom, top + y * layout.zoom, layout.zoom, layout.zoom, color);
    }
  }
}

void put_tile(Picture& page, const Layout& layout, int64_t left, int64_t top, const Tile& tile,
              bool own) {
  const int64_t width = layout.width * layout.zoom, height = layout.height * layout.zoom;
  put_pixels(page, layout, left, top, tile.pixels);
  page.frame(left, top, width, height, own ? 2 : 1, own ? kOwn : kPanelEdge);
  int64_t y = top + height + kBelow;
  if (tile.bar >= 0) {
    page.fill(left, y, width, kBar, kCardEdge);
    const auto filled = static_cast<int64_t>(static_cast<double>(width) * std::min(1.0, tile.bar));
    page.fill(left, y, filled, kBar, own ? kOwn : kRandom);
    y += kBar + kBelow;
  }
  if (tile.number >= 0) write_number(page, left, y, 2, tile.number);
}

Tensor bytes_of(const Tensor& shares) {
  return (shares.clamp(0, 1) * 255).round().to(torch::kByte).contiguous();
}

}  // namespace

int64_t write_sheet(const std::filesystem::path& path, const std::vector<SheetRow>& rows) {
  const Layout layout = layout_of(rows);
  const int64_t room = std::clamp<int64_t>(kHighest / layout.down(), 1, kRowsShown);
  const int64_t shown = std::min(room, static_cast<int64_t>(rows.size()));
  const int64_t right =
      layout.random > 0 ? layout.left(false, layout.random) : layout.left(true, layout.own);
  Picture page(right - kGap + kMargin, 2 * kMargin + shown * layout.down() - kGap, kPageGround);
  for (int64_t at = 0; at < shown; ++at) {
    const SheetRow& row = rows[static_cast<size_t>(at)];
    const int64_t top = kMargin + at * layout.down();
    write_number(page, kMargin, top + (layout.height * layout.zoom - 15) / 2, 3, row.label);
    for (size_t i = 0; i < row.own.size(); ++i) {
      put_tile(page, layout, layout.left(true, i), top, row.own[i], true);
    }
    for (size_t i = 0; i < std::min<size_t>(row.random.size(), kTilesShown); ++i) {
      put_tile(page, layout, layout.left(false, i), top, row.random[i], false);
    }
  }
  page.write(path);
  return shown;
}

Tensor grey_or_colour(const Tensor& input, const Tensor& low, const Tensor& high) {
  const Tensor span = (high - low).to(torch::kDouble);
  const Tensor shares =
      (input.to(torch::kDouble) - low) / torch::where(span > 0, span, 1 + 0 * span);
  if (input.size(0) == 1 || input.size(0) == 3) return bytes_of(shares);
  return bytes_of(torch::cat(shares.unbind(0), 1).unsqueeze(0));
}

Tensor blue_to_red(const Tensor& numbers) {
  const Tensor mean = numbers.to(torch::kDouble).mean(0);
  const double most = mean.abs().max().item<double>();
  const Tensor share = most > 0 ? mean / most : mean;
  const Tensor below = (-share).clamp_min(0), above = share.clamp_min(0);
  return bytes_of(
      torch::stack({1 - 0.85 * below, 1 - 0.65 * below - 0.75 * above, 1 - 0.85 * above}));
}

}  // namespace modhost_featurevis
