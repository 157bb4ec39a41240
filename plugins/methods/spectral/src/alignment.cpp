#include "alignment.h"

#include <algorithm>
#include <set>

#include "assignment.h"

namespace modhost_spectral {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// The clusters of one unit in two local graphs.
struct Shared {
  int64_t own = 0, other = 0;
};

// Of all units that both graphs have and both have put into a cluster.
std::vector<Shared> shared_units(const LocalGraph& own, const UnitLabels& own_labels,
                                 const LocalGraph& other, const UnitLabels& other_labels) {
  const std::vector<int64_t> places = own.graph.offsets(), others = other.graph.offsets();
  std::vector<Shared> out;
  for (size_t i = 0; i < own.groups.size(); ++i) {
    const auto found = std::lower_bound(other.groups.begin(), other.groups.end(), own.groups[i]);
    if (found == other.groups.end() || *found != own.groups[i]) continue;
    const int64_t start = others[static_cast<size_t>(found - other.groups.begin())];
    for (int64_t unit = places[i]; unit < places[i + 1]; ++unit) {
      const int64_t a = own_labels[static_cast<size_t>(unit)];
      const int64_t b = other_labels[static_cast<size_t>(start + unit - places[i])];
      if (a != kNoCluster && b != kNoCluster) out.push_back({a, b});
    }
  }
  return out;
}

// The layer in the middle of one is a part of the other.
bool neighbours(const LocalGraph& a, const LocalGraph& b) {
  return std::any_of(a.labels.begin(), a.labels.end(), [&](int64_t group) {
    return std::binary_search(b.groups.begin(), b.groups.end(), group);
  });
}

int64_t label_count(const UnitLabels& labels) {
  return labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end()) + 1;
}

// A new number for each label of `own`; `next` is the first that nobody has.
std::vector<int64_t> numbers_for(const std::vector<Shared>& shared, int64_t labels, int64_t& next) {
  const int64_t known = next;
  std::vector<double> together(static_cast<size_t>(labels * known), 0);
  for (const Shared& unit : shared) ++together[static_cast<size_t>(unit.own * known + unit.other)];
  std::vector<int64_t> out = best_assignment(together, labels, known);
  for (int64_t label = 0; label < labels; ++label) {
    int64_t& number = out[static_cast<size_t>(label)];
    const bool meets = number >= 0 && together[static_cast<size_t>(label * known + number)] > 0;
    if (!meets) number = next++;
  }
  return out;
}

}  // namespace

double align_labels(const std::vector<LocalGraph>& parts, std::vector<UnitLabels>& labels) {
  int64_t next = parts.empty() ? 0 : label_count(labels.front());
  double same = 0, all = 0;
  for (size_t i = 1; i < parts.size(); ++i) {
    std::vector<Shared> shared;
    for (size_t j = 0; j < i; ++j) {
      if (!neighbours(parts[i], parts[j])) continue;
      const auto units = shared_units(parts[i], labels[i], parts[j], labels[j]);
      shared.insert(shared.end(), units.begin(), units.end());
    }
    const std::vector<int64_t> numbers = numbers_for(shared, label_count(labels[i]), next);
    for (int64_t& label : labels[i]) {
      if (label != kNoCluster) label = numbers[static_cast<size_t>(label)];
    }
    for (const Shared& unit : shared) {
      same += numbers[static_cast<size_t>(unit.own)] == unit.other;
      ++all;
    }
  }
  return all > 0 ? same / all : 1;
}

}  // namespace modhost_spectral
