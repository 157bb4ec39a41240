#include "modhost/error.h"

#include <algorithm>
#include <utility>

namespace modhost {
inline namespace v1 {
namespace {

// Optimal string alignment distance: Levenshtein plus transposition of neighbours.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t row = 0; row <= a.size(); ++row) cost[row][0] = row;
  for (size_t column = 0; column <= b.size(); ++column) cost[0][column] = column;
  for (size_t row = 1; row <= a.size(); ++row) {
    for (size_t column = 1; column <= b.size(); ++column) {
      const size_t replace = cost[row - 1][column - 1] + (a[row - 1] != b[column - 1]);
      cost[row][column] = std::min({replace, cost[row - 1][column] + 1, cost[row][column - 1] + 1});
      const bool swapped =
          row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1];
      if (swapped) cost[row][column] = std::min(cost[row][column], cost[row - 2][column - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

Error::Error(ErrorCode code, const std::string& message, std::string hint)
    : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

Error::~Error() = default;

std::string Error::full() const {
  return hint_.empty() ? std::string(what()) : std::string(what()) + "; " + hint_;
}

void check(bool condition, ErrorCode code, const std::string& message, const std::string& hint) {
  if (!condition) throw Error(code, message, hint);
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = ~size_t{0};
  for (const std::string& candidate : candidates) {
    const size_t distance = edit_distance(name, candidate);
    const size_t allowed = (std::max(name.size(), candidate.size()) + 2) / 3;
    if (distance <= allowed && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string best = nearest(name, candidates);
  return best.empty() ? "" : "did you mean '" + best + "'?";
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += separator;  // also behind an empty part
    text += parts[i];
  }
  return text;
}

}  // namespace v1
}  // namespace modhost
