// Pieces of SVG that the pictures share.
#pragma once

#include <cstdint>
#include <string>

namespace modhost_sculpting::svg {

constexpr double kRow = 110, kMargin = 40;
constexpr double kWidest = 1100;  // of what lies beside each other

// printf of up to four numbers.
std::string format(const char* pattern, double a, double b = 0, double c = 0, double d = 0);
std::string escaped(const std::string& text);
const std::string& color(int64_t module);
std::string opened(double width, double height);  // white ground; ends with "</svg>\n"
double text_width(const std::string& text);       // about, of 13 pixels' letters

}  // namespace modhost_sculpting::svg
