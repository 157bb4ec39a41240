#include "module_agreement.h"

#include <modhost/clustering.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "module_graph.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

constexpr int kTrials = 10000;

using Colors = std::vector<size_t>;  // of each module; alike modules have the same one

struct Graph {
  std::vector<std::vector<size_t>> layers;  // of each module
  std::vector<std::vector<size_t>> fed, fed_by;
  std::vector<size_t> copies;  // how many modules each one stands for
};

// Modules of the same layers that feed, and are fed by, the very same ones can be exchanged: one
// stands for all of them, so that a hundred outputs that read one module are one.
Graph without_twins(const Graph& all) {
  std::map<std::tuple<std::vector<size_t>, std::vector<size_t>, std::vector<size_t>>, size_t> first;
  std::vector<size_t> place;
  Graph out;
  for (size_t module = 0; module < all.fed.size(); ++module) {
    const auto [found, added] = first.emplace(
        std::tuple(all.layers[module], all.fed[module], all.fed_by[module]), out.copies.size());
    place.push_back(found->second);
    if (added) {
      out.layers.push_back(all.layers[module]);
      out.copies.push_back(0);
    }
    ++out.copies[found->second];
  }
  const auto at_place = [&](const std::vector<std::vector<size_t>>& lists) {
    std::vector<std::set<size_t>> sets(out.copies.size());
    for (size_t module = 0; module < lists.size(); ++module) {
      for (const size_t other : lists[module]) sets[place[module]].insert(place[other]);
    }
    std::vector<std::vector<size_t>> short_lists;
    for (const auto& set : sets) short_lists.emplace_back(set.begin(), set.end());
    return short_lists;
  };
  out.fed = at_place(all.fed);
  out.fed_by = at_place(all.fed_by);
  return out;
}

Graph graph_of(const Detection& found) {
  const auto count = static_cast<size_t>(found.module_count);
  std::vector<std::set<size_t>> layers(count);
  const auto modules = live_modules(found);
  for (size_t layer = 0; layer < modules.size(); ++layer) {
    for (const int64_t module : modules[layer]) layers[static_cast<size_t>(module)].insert(layer);
  }
  Graph out;
  for (const auto& of : layers) out.layers.emplace_back(of.begin(), of.end());
  out.fed.resize(count);
  out.fed_by.resize(count);
  for (const auto& [pair, edges] : found.links) {
    out.fed[static_cast<size_t>(pair.first)].push_back(static_cast<size_t>(pair.second));
    out.fed_by[static_cast<size_t>(pair.second)].push_back(static_cast<size_t>(pair.first));
  }
  return without_twins(out);
}

std::vector<size_t> colors_of(const std::vector<size_t>& modules, const Colors& colors) {
  std::vector<size_t> out;
  for (const size_t module : modules) out.push_back(colors[module]);
  std::sort(out.begin(), out.end());
  return out;
}

// Numbers keys in both graphs alike.
template <typename KeyOf>
std::pair<Colors, Colors> numbered(const Graph& a, const Graph& b, const KeyOf& key_of) {
  std::map<decltype(key_of(a, size_t{0}, true)), size_t> numbers;
  std::pair<Colors, Colors> out;
  for (const bool first : {true, false}) {
    const Graph& graph = first ? a : b;
    for (size_t module = 0; module < graph.fed.size(); ++module) {
      const size_t number =
          numbers.emplace(key_of(graph, module, first), numbers.size()).first->second;
      (first ? out.first : out.second).push_back(number);
    }
  }
  return out;
}

size_t different(const Colors& colors) {
  return std::set<size_t>(colors.begin(), colors.end()).size();
}

class Match {
 public:
  Match(const Graph& a, const Graph& b) : a_(a), b_(b) {}

  bool found() {
    if (a_.fed.size() != b_.fed.size()) return false;
    const auto [a, b] = numbered(a_, b_, [](const Graph& graph, size_t module, bool) {
      return std::pair(graph.layers[module], graph.copies[module]);
    });
    return extended(a, b);
  }

 private:
  // Until no more modules differ by the colours of those they feed and are fed by.
  std::pair<Colors, Colors> refined(Colors a, Colors b) const {
    for (size_t before = 0; before < different(a);) {
      before = different(a);
      const auto own = [&](const Graph& graph, size_t module, bool first) {
        const Colors& colors = first ? a : b;
        return std::tuple(colors[module], colors_of(graph.fed[module], colors),
                          colors_of(graph.fed_by[module], colors));
      };
      std::tie(a, b) = numbered(a_, b_, own);
    }
    return {a, b};
  }

  // Gives a pair of alike modules a colour of their own until all have one.
  bool extended(const Colors& from_a, const Colors& from_b) {
    if (++trials_ > kTrials) return false;
    auto [a, b] = refined(from_a, from_b);
    std::map<size_t, std::vector<size_t>> classes_a, classes_b;
    for (size_t i = 0; i < a.size(); ++i) classes_a[a[i]].push_back(i);
    for (size_t i = 0; i < b.size(); ++i) classes_b[b[i]].push_back(i);
    for (const auto& [color, own] : classes_a) {
      const auto other = classes_b.find(color);
      if (other == classes_b.end() || other->second.size() != own.size()) return false;
    }
    const auto open = std::find_if(classes_a.begin(), classes_a.end(),
                                   [](const auto& one) { return one.second.size() > 1; });
    // Refined colours that are all different agree on every edge.
    if (open == classes_a.end()) return true;
    a[open->second.front()] = a.size() * 2;
    for (const size_t candidate : classes_b.at(open->first)) {
      Colors tried = b;
      tried[candidate] = a.size() * 2;
      if (extended(a, tried)) return true;
    }
    return false;
  }

  const Graph &a_, &b_;
  int trials_ = 0;
};

}  // namespace

ModuleAgreement module_agreement(const Detection& a, const Detection& b) {
  ModuleAgreement out;
  out.inputs = adjusted_rand_index(a.modules.front(), b.modules.front());
  out.outputs = adjusted_rand_index(a.modules.back(), b.modules.back());
  const auto counts = [](const Detection& found) {
    std::vector<size_t> of;
    for (const auto& layer : live_modules(found)) {
      of.push_back(std::set<int64_t>(layer.begin(), layer.end()).size());
    }
    return of;
  };
  out.same_counts = counts(a) == counts(b);
  const Graph of_a = graph_of(a), of_b = graph_of(b);
  out.same_graph = out.same_counts && Match(of_a, of_b).found();
  return out;
}

MeanAgreement mean_agreement(const std::vector<Detection>& networks) {
  MeanAgreement out;
  for (size_t a = 0; a < networks.size(); ++a) {
    for (size_t b = a + 1; b < networks.size(); ++b) {
      const ModuleAgreement own = module_agreement(networks[a], networks[b]);
      out.inputs += own.inputs;
      out.outputs += own.outputs;
      out.same_counts += own.same_counts ? 1 : 0;
      out.same_graph += own.same_graph ? 1 : 0;
      ++out.pairs;
    }
  }
  if (out.pairs == 0) return out;
  for (double* sum : {&out.inputs, &out.outputs, &out.same_counts, &out.same_graph}) {
    *sum /= static_cast<double>(out.pairs);
  }
  return out;
}

}  // namespace modhost_sculpting
