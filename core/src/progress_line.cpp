#include "progress_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "text_table.h"

namespace modhost::core {
namespace {

constexpr int kBarColumns = 20;

// Eighths of a cell: an empty one, then 1/8 to 8/8.
constexpr const char* kEighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

std::string bar(double share) {
  const int eighths = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBarColumns * 8);
  std::string text;
  for (int cell = 0; cell < kBarColumns; ++cell) {
    text += kEighths[std::clamp(eighths - cell * 8, 0, 8)];
  }
  return text;
}

std::string rate_text(const ProgressState& state) {
  if (!(state.rate > 0)) return "";
  return fmt::format("{} {}/s", short_number(state.rate), state.unit);
}

std::string left_text(const ProgressState& state) {
  if (!(state.rate > 0) || state.total <= 0) return "";
  const auto left = static_cast<double>(std::max<int64_t>(state.total - state.done, 0));
  return duration_text(left / state.rate) + " left";
}

double share_of(const ProgressState& state) {
  return static_cast<double>(state.done) / static_cast<double>(state.total);
}

std::string cut_to(const std::string& text, int width) {
  std::string out;
  int columns = 0;
  for (const char c : text) {
    const bool starts = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (starts && ++columns > width) break;
    out += c;
  }
  return out;
}

}  // namespace

std::string progress_line(const ProgressState& state, int width) {
  std::vector<std::string> parts = {state.stage};
  if (state.total > 0) {
    const double share = share_of(state);
    parts.push_back(bar(share) + fmt::format(" {:3.0f} %", std::floor(share * 100)));
  } else {
    parts.push_back(fmt::format("{} {}", count_text(state.done), state.unit));
  }
  for (const std::string& part : {rate_text(state), left_text(state)}) {
    if (!part.empty()) parts.push_back(part);
  }
  for (const auto& [name, value] : state.numbers) {
    parts.push_back(name + " " + short_number(value));
  }
  std::string line = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string longer = line + "  " + parts[i];
    if (static_cast<int>(display_width(longer)) > width) break;
    line = longer;
  }
  return cut_to(line, width);
}

std::string progress_sentence(const ProgressState& state) {
  std::string text = state.stage + ": ";
  text += state.total > 0 ? fmt::format("{:.0f} %", std::floor(share_of(state) * 100))
                          : fmt::format("{} {}", count_text(state.done), state.unit);
  for (const std::string& part : {rate_text(state), left_text(state)}) {
    if (!part.empty()) text += ", " + part;
  }
  return text;
}

std::string duration_text(double seconds) {
  constexpr double kLongest = 100.0 * 24 * 3600;
  if (!(seconds < kLongest)) return "more than 100 days";
  const auto whole = static_cast<int64_t>(std::lround(std::max(seconds, 0.0)));
  const int64_t hours = whole / 3600;
  const int64_t minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string count_text(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t sign = count < 0 ? 1 : 0;
  for (size_t end = digits.size(); end > sign + 3;) {
    end -= 3;
    digits.insert(end, ",");
  }
  return digits;
}

std::string short_number(double value) {
  const double size = std::abs(value);
  if (!std::isfinite(value)) return fmt::format("{}", value);
  if (value == 0) return "0";
  if (size < 0.001) return fmt::format("{:.1e}", value);
  if (size < 9.9995) return fmt::format("{:.3f}", value);
  if (size < 99.95) return fmt::format("{:.1f}", value);
  if (size < 1e15) return count_text(std::llround(value));
  return fmt::format("{:.2e}", value);
}

}  // namespace modhost::core
