#include "svg.h"

#include <cstdio>
#include <vector>

namespace modhost_sculpting::svg {

std::string format(const char* pattern, double a, double b, double c, double d) {
  char buffer[160];
  std::snprintf(buffer, sizeof buffer, pattern, a, b, c, d);
  return buffer;
}

const std::string& color(int64_t module) {
  // Okabe and Ito's colours, which colour-blind people can tell apart, and others after them.
  static const std::vector<std::string> colors = {"#0072b2", "#e69f00", "#009e73", "#cc79a7",
                                                  "#d55e00", "#56b4e9", "#8a7d00", "#7f7f7f",
                                                  "#5e3c99", "#1b7837", "#a6611a", "#2b83ba"};
  return colors[static_cast<size_t>(module) % colors.size()];
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<' || c == '>' || c == '&') {
      out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string opened(double width, double height) {
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"13\" " +
         format("width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n", width, height, width,
                height) +
         "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
}

double text_width(const std::string& text) { return 7.3 * static_cast<double>(text.size()); }

}  // namespace modhost_sculpting::svg
