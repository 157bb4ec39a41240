#include "features.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace modhost_sculpting {

namespace {

struct Neighbour {
  size_t unit;
  double strength;
};
// Of each unit, over all layers, those that an edge leads to; against the edges for `forward` off.
using Neighbours = std::vector<std::vector<Neighbour>>;

std::vector<size_t> offsets_of(const Wired& wired) {
  std::vector<size_t> out{0};
  for (const auto& layer : wired.layers) {
    out.push_back(out.back() + static_cast<size_t>(layer.units));
  }
  return out;
}

Neighbours neighbours_of(const Wired& wired, bool forward) {
  const std::vector<size_t> first = offsets_of(wired);
  Neighbours out(first.back());
  for (const Edges& edges : wired.edges) {
    const size_t width = wired.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      if (edges.strength[i] <= 0) continue;
      const size_t to = first[edges.to] + i / width, from = first[edges.from] + i % width;
      out[forward ? from : to].push_back({forward ? to : from, edges.strength[i]});
    }
  }
  return out;
}

// Rows of all units over all units: what at most so many edges lead to.
class Reach {
 public:
  Reach(const Neighbours& neighbours, int64_t steps, bool weighted)
      : units_(neighbours.size()), all_(units_, units_) {
    if (weighted) all_.weigh();
    for (int64_t step = 0; step < steps; ++step) {
      Features next(units_, units_);
      if (weighted) next.weigh();
      for (size_t unit = 0; unit < units_; ++unit) {
        for (const Neighbour& other : neighbours[unit])
          next.follow(unit, other.unit, other.strength, all_);
      }
      const bool settled = next == all_;
      all_ = std::move(next);
      if (settled) return;
    }
  }
  const Features& rows() const { return all_; }

 private:
  size_t units_;
  Features all_;
};

// Columns first .. end of the rows of some units.
void copy_columns(const Features& rows, size_t row, size_t first, size_t end, Features& into,
                  size_t unit, size_t& column) {
  for (size_t at = first; at < end; ++at, ++column) into.set(unit, column, rows.value(row, at));
}

}  // namespace

Direction direction_named(const std::string& name) {
  if (name == "incoming") return Direction::incoming;
  return name == "both" ? Direction::both : Direction::outgoing;
}

Features::Features(size_t units, size_t columns)
    : units_(units), columns_(columns), words_((columns + 63) / 64), bits_(units * words_, 0) {}

void Features::set(size_t unit, size_t column, double value) {
  if (value == 0) return;
  bits_[unit * words_ + column / 64] |= uint64_t{1} << (column % 64);
  if (weighted()) values_[unit * columns_ + column] = value;
}

int64_t Features::common(size_t a, size_t b) const {
  int64_t out = 0;
  for (size_t word = 0; word < words_; ++word) {
    out += __builtin_popcountll(bits_[a * words_ + word] & bits_[b * words_ + word]);
  }
  return out;
}

void Features::unite(size_t into, size_t from) {
  for (size_t word = 0; word < words_; ++word) {
    bits_[into * words_ + word] |= bits_[from * words_ + word];
  }
}

Features Features::first(size_t columns) const {
  Features out(units_, std::min(columns, columns_));
  if (weighted()) out.weigh();
  for (size_t unit = 0; unit < units_; ++unit) {
    for (size_t column = 0; column < out.columns_; ++column) {
      if (!bit(unit, column)) continue;
      out.set(unit, column, value(unit, column));
    }
  }
  return out;
}

double Features::product(size_t a, size_t b) const {
  if (!weighted()) return static_cast<double>(common(a, b));
  double out = 0;
  for (size_t i = 0; i < columns_; ++i)
    out += values_[a * columns_ + i] * values_[b * columns_ + i];
  return out;
}

std::vector<double> Features::cosine_distances() const {
  std::vector<double> length, out(units_ * units_, 0);
  for (size_t unit = 0; unit < units_; ++unit) length.push_back(std::sqrt(product(unit, unit)));
  for (size_t a = 0; a < units_; ++a) {
    for (size_t b = a + 1; b < units_; ++b) {
      const double scale = length[a] * length[b];
      const double cosine = scale > 0 ? std::min(1.0, product(a, b) / scale) : 0;
      out[a * units_ + b] = out[b * units_ + a] = 1 - cosine;
    }
  }
  return out;
}

void Features::follow(size_t unit, size_t other, double strength, const Features& before) {
  for (size_t word = 0; word < words_; ++word) {
    bits_[unit * words_ + word] |= before.bits_[other * words_ + word];
  }
  bits_[unit * words_ + other / 64] |= uint64_t{1} << (other % 64);
  if (!weighted()) return;
  double* own = &values_[unit * columns_];
  const double* there = &before.values_[other * columns_];
  for (size_t i = 0; i < columns_; ++i) own[i] += strength * there[i];
  own[other] += strength;
}

bool Features::operator==(const Features& other) const {
  return bits_ == other.bits_ && values_ == other.values_;
}

double Features::value(size_t unit, size_t column) const {
  if (!bit(unit, column)) return 0;
  return weighted() ? values_[unit * columns_ + column] : 1;
}

std::vector<Features> features_of(const Wired& wired, int64_t steps, Direction direction,
                                  bool weighted) {
  const std::vector<size_t> first = offsets_of(wired);
  const Reach forward(neighbours_of(wired, true), steps, weighted);
  std::optional<Reach> backward;
  if (direction != Direction::outgoing)
    backward.emplace(neighbours_of(wired, false), steps, weighted);
  std::vector<Features> out;
  for (size_t layer = 0; layer < wired.layers.size(); ++layer) {
    const bool input = !wired.has_edges_into(layer);
    const bool outgoing = input || direction != Direction::incoming;
    const bool incoming = !input && direction != Direction::outgoing;
    const size_t after = outgoing ? first.back() - first[layer + 1] : 0;
    Features own(wired.units(layer), after + (incoming ? first[layer] : 0));
    if (weighted) own.weigh();
    for (size_t unit = 0; unit < own.units(); ++unit) {
      size_t column = 0;
      const size_t row = first[layer] + unit;
      if (outgoing) {
        copy_columns(forward.rows(), row, first[layer + 1], first.back(), own, unit, column);
      }
      if (incoming) copy_columns(backward->rows(), row, 0, first[layer], own, unit, column);
    }
    out.push_back(std::move(own));
  }
  return out;
}

}  // namespace modhost_sculpting
