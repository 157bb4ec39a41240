#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "modhost/clustering.h"
#include "modhost/error.h"

namespace modhost {
inline namespace v1 {
namespace {

// Clusters x < y that are joined: y stands for both from then on.
struct Join {
  int64_t x = 0, y = 0;
  double height = 0;
};

int64_t side_of(const std::vector<double>& distances) {
  const auto side =
      static_cast<int64_t>(std::llround(std::sqrt(static_cast<double>(distances.size()))));
  check(side * side == static_cast<int64_t>(distances.size()), ErrorCode::shape,
        "linkage was given " + std::to_string(distances.size()) +
            " distances; it needs all pairs, count times count");
  // Sums of as many distances as there are points must not overflow.
  const double most = std::numeric_limits<double>::max() / static_cast<double>(2 * side + 1);
  const bool finite = std::all_of(distances.begin(), distances.end(),
                                  [&](double value) { return std::abs(value) <= most; });
  check(finite, ErrorCode::data,
        "the distances of a linkage have values that are not finite, or too large to add up");
  return side;
}

// Follows nearest neighbours until two are each other's (Benzecri 1982; Murtagh 1983). Where
// distances tie, the order of the steps decides which clusters there are, so they are those of
// scipy.cluster.hierarchy: only a strictly smaller distance displaces the cluster before x in the
// chain, then the first one.
class Chain {
 public:
  Chain(const std::vector<double>& distances, int64_t count, LinkageKind kind)
      : count_(count), kind_(kind), distances_(distances), sizes_(static_cast<size_t>(count), 1) {
    for (int64_t i = 0; i < count; ++i) {  // of a pair the distance above the diagonal
      for (int64_t j = 0; j < i; ++j) row(i)[j] = row(j)[i];
    }
  }

  // All but the last cluster, in the order in which they are found.
  std::vector<Join> joins() {
    std::vector<Join> out;
    for (int64_t left = count_; left > 1; --left) out.push_back(next());
    return out;
  }

 private:
  double* row(int64_t i) { return distances_.data() + i * count_; }

  Join next() {
    if (chain_.empty()) chain_.push_back(first_other_than(-1));
    for (;;) {
      const int64_t x = chain_.back();
      const int64_t before = chain_.size() > 1 ? chain_[chain_.size() - 2] : -1;
      const int64_t y = nearest(x, before);
      if (y == before) break;
      chain_.push_back(y);
    }
    const auto [x, y] = std::minmax(chain_.back(), chain_[chain_.size() - 2]);
    const Join found{x, y, row(x)[y]};
    chain_.resize(chain_.size() - 2);
    merge(found.x, found.y);
    return found;
  }

  int64_t first_other_than(int64_t x) const {
    int64_t i = 0;
    while (i == x || sizes_[static_cast<size_t>(i)] == 0) ++i;
    return i;
  }

  int64_t nearest(int64_t x, int64_t before) {
    const double* to = row(x);
    int64_t best = before >= 0 ? before : first_other_than(x);
    double least = to[best];
    for (int64_t i = 0; i < count_; ++i) {
      if (to[i] >= least || i == x || sizes_[static_cast<size_t>(i)] == 0) continue;
      least = to[i];
      best = i;
    }
    return best;
  }

  void merge(int64_t x, int64_t y) {
    double &size_x = sizes_[static_cast<size_t>(x)], &size_y = sizes_[static_cast<size_t>(y)];
    const double* of_x = row(x);
    double* of_y = row(y);
    const double apart = of_x[y];
    for (int64_t i = 0; i < count_; ++i) {
      const double size = sizes_[static_cast<size_t>(i)];
      if (i == x || i == y || size == 0) continue;
      row(i)[y] = of_y[i] = joined({of_x[i], size_x}, {of_y[i], size_y}, apart, size);
    }
    size_y += size_x;
    size_x = 0;
  }

  struct Side {
    double distance, size;
  };

  // The distance of a third cluster of `size` points to both together, which are `apart` (Lance,
  // Williams 1967).
  double joined(const Side& x, const Side& y, double apart, double size) const {
    switch (kind_) {
      case LinkageKind::complete:
        return std::max(x.distance, y.distance);
      case LinkageKind::single:
        return std::min(x.distance, y.distance);
      case LinkageKind::ward: {
        const double t = 1.0 / (x.size + y.size + size);
        const double square = (size + x.size) * t * x.distance * x.distance +
                              (size + y.size) * t * y.distance * y.distance -
                              size * t * apart * apart;
        return std::sqrt(std::max(square, 0.0));
      }
      case LinkageKind::average:
        break;
    }
    return (x.size * x.distance + y.size * y.distance) / (x.size + y.size);
  }

  int64_t count_;
  LinkageKind kind_;
  std::vector<double> distances_;  // [count, count], between the clusters that are left
  std::vector<double> sizes_;      // 0: joined to another
  std::vector<int64_t> chain_;
};

int64_t root_of(std::vector<int64_t>& parents, int64_t node) {
  while (parents[static_cast<size_t>(node)] != node) {
    int64_t& parent = parents[static_cast<size_t>(node)];
    parent = parents[static_cast<size_t>(parent)];
    node = parent;
  }
  return node;
}

// Puts the node in place of the greatest one of a heap.
void replace_greatest(std::vector<int64_t>& heap, int64_t node) {
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= heap.size()) break;
    if (child + 1 < heap.size() && heap[child + 1] > heap[child]) ++child;
    if (heap[child] < node) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = node;
}

}  // namespace

Linkage::Linkage(const std::vector<double>& distances, LinkageKind kind)
    : count_(side_of(distances)) {
  std::vector<Join> found = Chain(distances, count_, kind).joins();
  std::stable_sort(found.begin(), found.end(),
                   [](const Join& a, const Join& b) { return a.height < b.height; });
  std::vector<int64_t> parents(static_cast<size_t>(std::max<int64_t>(0, 2 * count_ - 1)));
  std::iota(parents.begin(), parents.end(), int64_t{0});
  for (const Join& join : found) {
    const int64_t node = count_ + static_cast<int64_t>(joins_.size());
    const int64_t x = root_of(parents, join.x), y = root_of(parents, join.y);
    parents[static_cast<size_t>(x)] = parents[static_cast<size_t>(y)] = node;
    joins_.push_back(std::minmax(x, y));
  }
}

// The labels are places in a binary heap from which the youngest node is cut each time, as
// scikit-learn numbers them.
std::vector<int64_t> Linkage::labels(int64_t clusters) const {
  check(clusters >= 1 && clusters <= count_, ErrorCode::config,
        "linkage was asked for " + std::to_string(clusters) + " clusters of " +
            std::to_string(count_) + " points; it needs 1 to as many as points");
  std::vector<int64_t> heap = {2 * count_ - 2};
  while (static_cast<int64_t>(heap.size()) < clusters) {
    const auto [a, b] = joins_[static_cast<size_t>(heap.front() - count_)];
    heap.push_back(a);
    std::push_heap(heap.begin(), heap.end());
    replace_greatest(heap, b);
  }
  std::vector<int64_t> of_nodes(static_cast<size_t>(2 * count_ - 1), -1);
  for (size_t i = 0; i < heap.size(); ++i) {
    of_nodes[static_cast<size_t>(heap[i])] = static_cast<int64_t>(i);
  }
  for (size_t i = joins_.size(); i-- > 0;) {
    const int64_t label = of_nodes[static_cast<size_t>(count_) + i];
    if (label < 0) continue;
    of_nodes[static_cast<size_t>(joins_[i].first)] = label;
    of_nodes[static_cast<size_t>(joins_[i].second)] = label;
  }
  of_nodes.resize(static_cast<size_t>(count_));
  return of_nodes;
}

}  // namespace v1
}  // namespace modhost
