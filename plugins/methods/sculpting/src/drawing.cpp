#include "drawing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "module_graph.h"
#include "svg.h"

namespace modhost_sculpting {

namespace {

using namespace svg;  // NOLINT: everything below writes SVG

using Labels = std::vector<std::vector<int64_t>>;

constexpr size_t kMostEdges = 5000;
constexpr double kNumbered = 7;  // smallest radius of a unit that shows its number

// Where each live unit stands.
struct Places {
  Labels modules;
  std::vector<std::vector<double>> x;  // in units, from the middle of the row
  double widest = 1, step = 26, radius = 8;
  double text = 110;         // the widest name
  std::vector<size_t> rows;  // of each layer, from below; layers without live units have none
  size_t row_count = 0;

  double at(size_t layer, size_t unit) const {
    return text + kMargin + (x[layer][unit] + widest / 2) * step;
  }
  double row(size_t layer) const {
    return kMargin + kRow * static_cast<double>(row_count - 1 - rows[layer]) + kRow / 2;
  }
  double width() const { return text + 2 * kMargin + widest * step; }
  double height() const { return 2 * kMargin + kRow * static_cast<double>(row_count); }
};

// The mean place of what feeds each unit, to put it above.
std::vector<double> pull(const Wired& live, const Places& places, size_t layer) {
  std::vector<double> sum(live.units(layer), 0), weight(live.units(layer), 0);
  for (const Edges& edges : live.edges) {
    if (edges.to != layer) continue;
    const size_t width = live.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      if (edges.strength[i] <= 0) continue;
      sum[i / width] += places.x[edges.from][i % width];
      ++weight[i / width];
    }
  }
  for (size_t unit = 0; unit < sum.size(); ++unit) {
    if (weight[unit] > 0) sum[unit] /= weight[unit];
  }
  return sum;
}

// Modules of a layer next to each other in the order of their mean pull, a gap between two.
std::vector<double> ordered(const std::vector<int64_t>& modules, const std::vector<double>& pull) {
  std::map<int64_t, std::pair<double, double>> sums;
  for (size_t unit = 0; unit < modules.size(); ++unit) {
    sums[modules[unit]].first += pull[unit];
    sums[modules[unit]].second += 1;
  }
  std::vector<size_t> order(modules.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto key = [&](size_t unit) {
    const auto& [sum, count] = sums.at(modules[unit]);
    return std::tuple(sum / count, modules[unit], pull[unit], unit);
  };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
  std::vector<double> out(modules.size());
  double next = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i > 0) next += modules[order[i]] == modules[order[i - 1]] ? 1 : 1.8;
    out[order[i]] = next;
  }
  for (double& x : out) x -= next / 2;
  return out;
}

Places places_of(const Detection& found) {
  Places out;
  out.modules = live_modules(found);
  for (size_t layer = 0; layer < out.modules.size(); ++layer) {
    out.x.emplace_back(out.modules[layer].size());
    std::vector<double> wish = pull(found.live, out, layer);
    if (layer == 0) {
      for (size_t unit = 0; unit < wish.size(); ++unit) wish[unit] = static_cast<double>(unit);
    }
    out.x.back() = ordered(out.modules[layer], wish);
    for (const double x : out.x.back()) out.widest = std::max(out.widest, 2 * std::abs(x) + 2);
    out.rows.push_back(out.row_count);
    if (out.modules[layer].empty()) continue;
    ++out.row_count;
    out.text = std::max(out.text, text_width(found.live.layers[layer].name));
  }
  out.step = std::min(out.step, kWidest / out.widest);
  out.radius = std::max(1.5, out.step * 0.3);
  return out;
}

std::string edge_lines(const Wired& live, const Places& places) {
  struct Line {
    double strength;
    std::string text;
  };
  std::vector<Line> lines;
  double strongest = 0;
  for (const Edges& edges : live.edges) {
    const size_t width = live.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      if (edges.strength[i] <= 0) continue;
      strongest = std::max(strongest, edges.strength[i]);
      lines.push_back(
          {edges.strength[i], format("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                                     places.at(edges.from, i % width), places.row(edges.from),
                                     places.at(edges.to, i / width), places.row(edges.to))});
    }
  }
  if (lines.size() > kMostEdges) {
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line& a, const Line& b) { return a.strength > b.strength; });
    lines.resize(kMostEdges);
  }
  const double opacity = std::clamp(40.0 / static_cast<double>(lines.size() + 1), 0.12, 0.7);
  std::string out = format("<g stroke=\"#333333\" stroke-opacity=\"%.2f\">\n", opacity);
  for (const Line& line : lines) out += line.text;
  return out + "</g>\n";
}

// A box for each module in each layer.
std::string boxes(const Places& places) {
  std::string out;
  for (size_t layer = 0; layer < places.modules.size(); ++layer) {
    std::map<int64_t, std::pair<double, double>> ends;
    for (size_t unit = 0; unit < places.modules[layer].size(); ++unit) {
      const double x = places.at(layer, unit);
      const auto [found, added] = ends.insert({places.modules[layer][unit], {x, x}});
      if (added) continue;
      found->second.first = std::min(found->second.first, x);
      found->second.second = std::max(found->second.second, x);
    }
    for (const auto& [module, end] : ends) {
      const double edge = places.step * 0.55;
      out += format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"", end.first - edge,
                    places.row(layer) - 17, end.second - end.first + 2 * edge, 34) +
             " rx=\"6\" fill=\"" + color(module) + "\" fill-opacity=\"0.22\" stroke=\"" +
             color(module) + "\"/>\n";
    }
  }
  return out;
}

// Positions of the live units among all of a layer.
std::vector<size_t> numbers_of(const std::vector<char>& alive) {
  std::vector<size_t> out;
  for (size_t unit = 0; unit < alive.size(); ++unit) {
    if (alive[unit] != 0) out.push_back(unit);
  }
  return out;
}

std::string dot(double x, double y, double radius, const std::string& name, int64_t module,
                size_t number) {
  std::string out = "<g><title>" + escaped(name) + ", unit " + std::to_string(number) +
                    ", module " + std::to_string(module) + "</title>" +
                    format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", x, y, radius) +
                    " fill=\"" + color(module) + "\"/>";
  if (radius >= kNumbered) {
    out += format("<text x=\"%.1f\" y=\"%.1f\"", x, y + 3) +
           " font-size=\"8\" text-anchor=\"middle\" fill=\"#ffffff\">" + std::to_string(number) +
           "</text>";
  }
  return out + "</g>\n";
}

std::string dots(const Detection& found, const Places& places) {
  std::string out;
  for (size_t layer = 0; layer < places.modules.size(); ++layer) {
    if (places.modules[layer].empty()) continue;
    const std::string& name = found.live.layers[layer].name;
    out += format("<text x=\"%.0f\" y=\"%.1f\">", kMargin / 2, places.row(layer) + 4) +
           escaped(name) + "</text>\n";
    const std::vector<size_t> numbers = numbers_of(found.alive[layer]);
    for (size_t unit = 0; unit < places.modules[layer].size(); ++unit) {
      out += dot(places.at(layer, unit), places.row(layer), places.radius, name,
                 places.modules[layer][unit], numbers[unit]);
    }
  }
  return out;
}

}  // namespace

std::string network_drawing(const Detection& found) {
  const Places places = places_of(found);
  return opened(places.width(), places.height()) + boxes(places) + edge_lines(found.live, places) +
         dots(found, places) + "</svg>\n";
}

}  // namespace modhost_sculpting
