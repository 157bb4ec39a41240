#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "drawing.h"
#include "module_graph.h"
#include "svg.h"

namespace modhost_sculpting {

namespace {

using namespace svg;  // NOLINT: everything below writes SVG

constexpr double kRadius = 15;

struct Layout {
  std::vector<int64_t> levels;                     // of each module
  std::vector<std::pair<double, double>> centers;  // of each module
  double width = 0, height = 0;
};

// Modules of a level from left to right as what feeds them.
std::vector<size_t> ordered(const std::vector<size_t>& modules, const Detection& found,
                            const Layout& below) {
  std::map<size_t, std::pair<double, double>> pulls;
  for (const auto& [pair, edges] : found.links) {
    const auto from = static_cast<size_t>(pair.first), to = static_cast<size_t>(pair.second);
    if (below.levels[from] >= below.levels[to]) continue;
    pulls[to].first += below.centers[from].first * static_cast<double>(edges);
    pulls[to].second += static_cast<double>(edges);
  }
  const auto key = [&](size_t module) {
    const auto pull = pulls.find(module);
    return pull == pulls.end() ? 0.0 : pull->second.first / pull->second.second;
  };
  std::vector<size_t> out = modules;
  std::stable_sort(out.begin(), out.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
  return out;
}

Layout layout_of(const Detection& found) {
  Layout out;
  out.levels = levels_of(found);
  out.centers.resize(out.levels.size());
  std::map<int64_t, std::vector<size_t>> rows;
  for (size_t module = 0; module < out.levels.size(); ++module) {
    rows[out.levels[module]].push_back(module);
  }
  size_t widest = 1;
  for (const auto& [level, modules] : rows) widest = std::max(widest, modules.size());
  const double step = std::clamp(kWidest / static_cast<double>(widest), 34.0, 110.0);
  out.width = 2 * kMargin + step * static_cast<double>(widest);
  out.height = 2 * kMargin + kRow * static_cast<double>(std::max<size_t>(1, rows.size()));
  for (const auto& [level, modules] : rows) {
    const std::vector<size_t> order = ordered(modules, found, out);
    for (size_t i = 0; i < order.size(); ++i) {
      const double middle = static_cast<double>(order.size() - 1) / 2;
      out.centers[order[i]] = {out.width / 2 + step * (static_cast<double>(i) - middle),
                               out.height - kMargin - kRow * (static_cast<double>(level) + 0.5)};
    }
  }
  return out;
}

// Straight between neighbouring levels; others pass the levels between them on one side.
std::string line(const Layout& graph, size_t from, size_t to) {
  const auto &a = graph.centers[from], &b = graph.centers[to];
  const auto span = static_cast<double>(std::abs(graph.levels[to] - graph.levels[from]));
  double aside = span > 1 ? std::min(30 * span, 120.0) : 0;
  if ((a.first + b.first) / 2 < graph.width / 2 - 1) aside = -aside;
  return format("<path d=\"M%.1f %.1f Q", a.first, a.second) +
         format("%.1f %.1f %.1f %.1f\"", (a.first + b.first) / 2 + aside, (a.second + b.second) / 2,
                b.first, b.second);
}

// What a reader sees who points at a module.
std::string title_of(const Detection& found, size_t module) {
  int64_t units = 0;
  std::string layers;
  for (size_t layer = 0; layer < found.modules.size(); ++layer) {
    const auto& labels = found.modules[layer];
    const auto own = std::count(labels.begin(), labels.end(), static_cast<int64_t>(module));
    if (own == 0) continue;
    units += own;
    layers += (layers.empty() ? "" : ", ") + found.live.layers[layer].name;
  }
  return "module " + std::to_string(module) + ": " + std::to_string(units) + " units of " + layers;
}

}  // namespace

std::string hierarchy_drawing(const Detection& found) {
  const Layout graph = layout_of(found);
  int64_t most = 1;
  for (const auto& [pair, edges] : found.links) most = std::max(most, edges);
  const double opacity = std::clamp(30.0 / static_cast<double>(found.links.size() + 1), 0.25, 0.6);
  std::string out =
      opened(graph.width, graph.height) +
      format("<g fill=\"none\" stroke=\"#333333\" stroke-opacity=\"%.2f\">\n", opacity);
  for (const auto& [pair, edges] : found.links) {
    out += line(graph, static_cast<size_t>(pair.first), static_cast<size_t>(pair.second)) +
           format(" stroke-width=\"%.1f\"><title>%.0f edges</title></path>\n",
                  1 + 5 * static_cast<double>(edges) / static_cast<double>(most),
                  static_cast<double>(edges));
  }
  out += "</g>\n<g text-anchor=\"middle\" fill=\"#ffffff\">\n";
  for (size_t module = 0; module < graph.centers.size(); ++module) {
    const auto& [x, y] = graph.centers[module];
    out += "<g><title>" + escaped(title_of(found, module)) + "</title>" +
           format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.0f\"", x, y, kRadius) + " fill=\"" +
           color(static_cast<int64_t>(module)) + "\"/>" +
           format("<text x=\"%.1f\" y=\"%.1f\">%.0f</text></g>\n", x, y + 4.5,
                  static_cast<double>(module));
  }
  return out + "</g>\n</svg>\n";
}

}  // namespace modhost_sculpting
