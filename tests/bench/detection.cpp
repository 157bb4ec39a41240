// Modules of networks of 8-60-60-60-60-16 units, as their wiring shows them: with all edges, with
// random ones of them; and of 120 pruned networks that were published, which are smaller.
#include <fstream>

#include "benchmarks.h"
#include "measure.h"
#include "modhost/random.h"
#include "modules.h"

namespace modhost::bench {
namespace {

using modhost_sculpting::detect_modules;
using modhost_sculpting::Detection;
using modhost_sculpting::Edges;
using modhost_sculpting::Wired;

const std::vector<int64_t> kWidths = {8, 60, 60, 60, 60, 16};

Wired without_edges(const std::vector<int64_t>& widths) {
  Wired out;
  for (const int64_t width : widths) {
    out.layers.push_back({std::to_string(out.layers.size()), width});
  }
  for (size_t l = 0; l + 1 < widths.size(); ++l) {
    out.edges.push_back(
        {l, l + 1, std::vector<double>(static_cast<size_t>(widths[l] * widths[l + 1]), 0)});
  }
  return out;
}

std::vector<Wired> random_nets(double density) {
  RandomStream random(1);
  Wired out = without_edges(kWidths);
  for (Edges& edges : out.edges) {
    for (double& strength : edges.strength) strength = random.uniform() < density ? 1 : 0;
  }
  return {out};
}

std::vector<Wired> published_nets() {
  std::ifstream file(MODHOST_BENCH_DATA "/sculpting/cases.json");
  std::vector<Wired> out;
  for (const auto& net : nlohmann::json::parse(file)) {
    const std::vector<int64_t> widths = net["arch"];
    out.push_back(without_edges(widths));
    for (size_t l = 0; l + 1 < widths.size(); ++l) {
      for (const auto& [to, from] : net["masks"][l].items()) {
        for (const int64_t unit : from.get<std::vector<int64_t>>()) {
          out.back().edges[l].strength[static_cast<size_t>(std::stoll(to) * widths[l] + unit)] = 1;
        }
      }
    }
  }
  return out;
}

int64_t live_units(const Detection& found) {
  int64_t out = 0;
  for (const UnitGroup& layer : found.live.layers) out += layer.units;
  return out;
}

Records measure(const std::string& name, const std::vector<Wired>& nets, const Settings& settings) {
  const int64_t passes = settings.tiny ? 1 : 200, repeats = settings.tiny ? 2 : 9;
  Series series;
  int64_t modules = 0, live = 0;
  for (const Wired& net : nets) live += live_units(detect_modules(net, {}));
  for (int64_t repeat = 0; repeat < repeats; ++repeat) {
    modules = 0;
    Seconds own = timed([&] {
      for (int64_t pass = 0; pass < passes; ++pass) {
        for (const Wired& net : nets) modules += detect_modules(net, {}).module_count;
      }
    });
    const auto each = static_cast<double>(passes) * static_cast<double>(nets.size());
    series.all.push_back({own.cpu / each, own.wall / each});
  }
  Json out = begin_record(name, settings);
  out["per"] = "detection";
  out["cpu_s"] = series.cpu();
  out["cpu_min"] = series.cpu_min();
  out["cpu_max"] = series.cpu_max();
  out["networks"] = nets.size();
  out["live_units"] = static_cast<double>(live) / static_cast<double>(nets.size());
  out["modules"] = static_cast<double>(modules / passes) / static_cast<double>(nets.size());
  return {out};
}

}  // namespace

std::vector<Benchmark> detection_benchmarks() {
  std::vector<Benchmark> out;
  for (const auto& [name, density] :
       {std::pair{"sculpt/detect-dense", 1.0}, std::pair{"sculpt/detect-pruned90", 0.1},
        std::pair{"sculpt/detect-pruned98", 0.02}}) {
    out.push_back({name, [name = name, density = density](const Settings& settings) {
                     return measure(name, random_nets(density), settings);
                   }});
  }
  out.push_back({"sculpt/detect-published", [](const Settings& settings) {
                   return measure("sculpt/detect-published", published_nets(), settings);
                 }});
  return out;
}

}  // namespace modhost::bench
