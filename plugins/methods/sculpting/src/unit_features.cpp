#include "unit_features.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

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
Features reach(const Neighbours& neighbours, int64_t steps, bool weighted) {
  Features out(neighbours.size(), neighbours.size());
  if (weighted) out.weigh();
  for (int64_t step = 0; step < steps; ++step) {
    Features next(neighbours.size(), neighbours.size());
    if (weighted) next.weigh();
    for (size_t unit = 0; unit < neighbours.size(); ++unit) {
      for (const Neighbour& other : neighbours[unit])
        next.follow(unit, other.unit, other.strength, out);
    }
    const bool settled = next == out;
    out = std::move(next);
    if (settled) break;
  }
  return out;
}

// The same for any number of steps: units are numbered from layer to layer, so that those of one
// side are complete before they are read.
Features reach_all(const Neighbours& neighbours, bool forward, bool weighted) {
  const size_t count = neighbours.size();
  Features out(count, count);
  if (weighted) out.weigh();
  for (size_t i = 0; i < count; ++i) {
    const size_t unit = forward ? count - 1 - i : i;
    for (const Neighbour& other : neighbours[unit])
      out.follow(unit, other.unit, other.strength, out);
  }
  return out;
}

Features reach_of(const Wired& wired, int64_t steps, bool forward, bool weighted) {
  const Neighbours neighbours = neighbours_of(wired, forward);
  return steps >= static_cast<int64_t>(wired.layers.size())
             ? reach_all(neighbours, forward, weighted)
             : reach(neighbours, steps, weighted);
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

void Features::copy(size_t unit, size_t at, const Features& from, size_t row, size_t first,
                    size_t count) {
  if (count == 0) return;
  const uint64_t* source = &from.bits_[row * from.words_];
  uint64_t* target = &bits_[unit * words_];
  for (size_t done = 0; done < count;) {
    const size_t here = at + done, there = first + done;
    // As many as end in the same word on both sides.
    const size_t some = std::min({64 - here % 64, 64 - there % 64, count - done});
    const uint64_t ones = some == 64 ? ~uint64_t{0} : (uint64_t{1} << some) - 1;
    target[here / 64] |= (source[there / 64] >> (there % 64) & ones) << (here % 64);
    done += some;
  }
  if (!weighted()) return;
  std::copy_n(from.values_.begin() + static_cast<std::ptrdiff_t>(row * from.columns_ + first),
              count, values_.begin() + static_cast<std::ptrdiff_t>(unit * columns_ + at));
}

Features Features::first(size_t columns) const {
  Features out(units_, std::min(columns, columns_));
  if (weighted()) out.weigh();
  for (size_t unit = 0; unit < units_; ++unit) out.copy(unit, 0, *this, unit, 0, out.columns_);
  return out;
}

std::vector<double> Features::points() const {
  std::vector<double> out;
  out.reserve(units_ * columns_);
  for (size_t unit = 0; unit < units_; ++unit) {
    for (size_t column = 0; column < columns_; ++column) out.push_back(value(unit, column));
  }
  return out;
}

std::vector<double> Features::distances(PointDistance kind) const {
  if (kind == PointDistance::cosine) return cosine_distances();
  const std::vector<double> all = points();
  return point_distances({all.data(), static_cast<int64_t>(units_), static_cast<int64_t>(columns_)},
                         kind);
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
  const Features forward = reach_of(wired, steps, true, weighted);
  std::optional<Features> backward;
  if (direction != Direction::outgoing) backward = reach_of(wired, steps, false, weighted);
  std::vector<Features> out;
  for (size_t layer = 0; layer < wired.layers.size(); ++layer) {
    const bool input = !wired.has_edges_into(layer);
    const bool outgoing = input || direction != Direction::incoming;
    const bool incoming = !input && direction != Direction::outgoing;
    const size_t after = outgoing ? first.back() - first[layer + 1] : 0;
    Features own(wired.units(layer), after + (incoming ? first[layer] : 0));
    if (weighted) own.weigh();
    for (size_t unit = 0; unit < own.units(); ++unit) {
      const size_t row = first[layer] + unit;
      own.copy(unit, 0, forward, row, first[layer + 1], after);
      if (incoming) own.copy(unit, after, *backward, row, 0, first[layer]);
    }
    out.push_back(std::move(own));
  }
  return out;
}

}  // namespace modhost_sculpting
