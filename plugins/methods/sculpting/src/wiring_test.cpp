#include "wiring_test.h"

#include <modhost/random.h>
#include <modhost/shuffle.h>

#include <algorithm>

#include "module_graph.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

using Labels = std::vector<std::vector<int64_t>>;

void count_edges(const Wired& live, const Labels& modules, std::vector<Cohesion>& out) {
  std::vector<double> leave(out.size(), 0), arrive(out.size(), 0);
  double all = 0;
  for (const Edges& edges : live.edges) {
    const size_t width = live.units(edges.from);
    for (size_t i = 0; i < edges.strength.size(); ++i) {
      if (edges.strength[i] <= 0) continue;
      const auto from = static_cast<size_t>(modules[edges.from][i % width]);
      const auto to = static_cast<size_t>(modules[edges.to][i / width]);
      ++out[from].touched;
      if (from != to) ++out[to].touched;
      if (from == to) ++out[from].inside;
      ++leave[from];
      ++arrive[to];
      ++all;
    }
  }
  for (size_t module = 0; module < out.size() && all > 0; ++module) {
    const auto inside = static_cast<double>(out[module].inside);
    out[module].gain = inside / all - leave[module] / all * (arrive[module] / all);
  }
}

std::vector<Cohesion> cohesions_of(const Wired& live, const Labels& modules, int64_t count,
                                   const DetectionRule& rule) {
  std::vector<Cohesion> out(static_cast<size_t>(count));
  std::vector<double> cosines(out.size(), 0), pairs(out.size(), 0);
  const auto depth = static_cast<int64_t>(live.layers.size());
  const auto features = features_of(live, rule.feature_steps > 0 ? rule.feature_steps : depth,
                                    rule.direction, rule.weighted);
  for (size_t layer = 0; layer < modules.size(); ++layer) {
    const auto distances = features[layer].cosine_distances();
    const size_t units = modules[layer].size();
    for (size_t a = 0; a < units; ++a) {
      const auto module = static_cast<size_t>(modules[layer][a]);
      ++out[module].units;
      for (size_t b = a + 1; b < units; ++b) {
        if (modules[layer][b] != modules[layer][a] || features[layer].columns() == 0) continue;
        cosines[module] += 1 - distances[a * units + b];
        ++pairs[module];
      }
    }
  }
  count_edges(live, modules, out);
  for (size_t module = 0; module < out.size(); ++module) {
    Cohesion& own = out[module];
    if (pairs[module] > 0) own.likeness = cosines[module] / pairs[module];
    if (own.touched > 0) {
      own.share = static_cast<double>(own.inside) / static_cast<double>(own.touched);
    }
  }
  return out;
}

// The most that a module of at least so many units has.
double best(const std::vector<Cohesion>& modules, int64_t units, double Cohesion::*member) {
  double out = 0;
  for (const Cohesion& own : modules) {
    if (own.units >= units) out = std::max(out, own.*member);
  }
  return out;
}

}  // namespace

std::vector<Cohesion> cohesions(const Detection& found, const DetectionRule& rule) {
  return cohesions_of(found.live, live_modules(found), found.module_count, rule);
}

double modularity(const std::vector<Cohesion>& modules) {
  double out = 0;
  for (const Cohesion& own : modules) out += own.gain;
  return out;
}

Wired random_wiring(const Wired& live, uint64_t seed) {
  Wired out = live;
  for (size_t at = 0; at < live.edges.size(); ++at) {
    RandomStream random(derive_seed(seed, at));
    const std::vector<double>& strength = live.edges[at].strength;
    std::vector<size_t> places;
    for (size_t i = 0; i < strength.size(); ++i) {
      if (strength[i] > 0) places.push_back(i);
    }
    const auto now = swap_ends(places, strength.size(), live.units(live.edges[at].from), random);
    std::vector<double>& moved = out.edges[at].strength;
    std::fill(moved.begin(), moved.end(), 0);
    for (size_t i = 0; i < places.size(); ++i) moved[now[i]] = strength[places[i]];
  }
  return out;
}

WiringTest against_random_wirings(const Detection& found, const DetectionRule& rule, int64_t draws,
                                  uint64_t seed, const std::function<void(int64_t)>& done) {
  const Labels labels = live_modules(found);
  const std::vector<Cohesion> own = cohesions(found, rule);
  WiringTest out;
  struct Draws {
    std::vector<double> gain_labels, gain_search, likeness_labels, likeness_search;
  };
  std::vector<Draws> drawn(own.size());
  for (int64_t draw = 0; draw < draws; ++draw) {
    const Wired wiring = random_wiring(found.live, derive_seed(seed, static_cast<uint64_t>(draw)));
    const auto fixed = cohesions_of(wiring, labels, found.module_count, rule);
    const Detection detected = detect_modules(wiring, rule);
    const auto searched = cohesions(detected, rule);
    for (size_t module = 0; module < own.size(); ++module) {
      Draws& of = drawn[module];
      of.gain_labels.push_back(fixed[module].gain);
      of.likeness_labels.push_back(fixed[module].likeness);
      of.gain_search.push_back(best(searched, own[module].units, &Cohesion::gain));
      of.likeness_search.push_back(best(searched, own[module].units, &Cohesion::likeness));
    }
    out.drawn.push_back(modularity(searched));
    out.insides.push_back(inside_share(wiring, live_modules(detected)));
    out.counts.push_back(static_cast<double>(detected.module_count));
    done(draw + 1);
  }
  for (size_t module = 0; module < own.size(); ++module) {
    const Draws& of = drawn[module];
    out.modules.push_back({own[module], compare_with_null(own[module].gain, of.gain_labels),
                           compare_with_null(own[module].gain, of.gain_search),
                           compare_with_null(own[module].likeness, of.likeness_labels),
                           compare_with_null(own[module].likeness, of.likeness_search)});
  }
  out.modularity = compare_with_null(modularity(own), out.drawn);
  return out;
}

}  // namespace modhost_sculpting
