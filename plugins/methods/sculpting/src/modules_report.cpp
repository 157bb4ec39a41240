#include "modules_report.h"

#include <modhost/count_text.h>
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/statistics.h>

#include <algorithm>
#include <map>
#include <set>

#include "drawing.h"
#include "module_graph.h"

namespace modhost_sculpting {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

namespace {

// modules.npz: clusters0, modules0, clusters1, ... of all units, -1 for pruned ones.
void write_labels(RunWriter& writer, const Detection& found) {
  NamedTensors tensors;
  std::map<std::string, std::string> names;
  for (size_t layer = 0; layer < found.modules.size(); ++layer) {
    const std::string number = std::to_string(layer);
    for (const auto& [key, labels] : {std::pair{"clusters" + number, &found.clusters[layer]},
                                      std::pair{"modules" + number, &found.modules[layer]}}) {
      tensors.emplace_back(key, torch::tensor(*labels, torch::kLong));
      names[key] = found.live.layers[layer].name;
    }
  }
  writer.tensors("modules", tensors, names);
}

constexpr size_t kShown = 20;

int64_t edge_count(const Wired& wired) {
  int64_t out = 0;
  for (const Edges& edges : wired.edges) {
    out += std::count_if(edges.strength.begin(), edges.strength.end(),
                         [](double strength) { return strength > 0; });
  }
  return out;
}

// Layers that a module has units in.
std::vector<size_t> layers_of(const Detection& found, int64_t module) {
  std::vector<size_t> out;
  for (size_t layer = 0; layer < found.modules.size(); ++layer) {
    const auto& labels = found.modules[layer];
    if (std::find(labels.begin(), labels.end(), module) != labels.end()) out.push_back(layer);
  }
  return out;
}

std::vector<Cohesion> cohesions_of(const WiringTest& test) {
  std::vector<Cohesion> out;
  for (const ModuleTest& module : test.modules) out.push_back(module.own);
  return out;
}

Table layer_table(const Detection& found) {
  Table table{{"layer", "units", "live", "clusters", "modules", "metric", "separability"}, {}};
  for (size_t layer = 0; layer < found.layers.size(); ++layer) {
    const LayerChoice& choice = found.layers[layer];
    std::set<int64_t> modules(found.modules[layer].begin(), found.modules[layer].end());
    modules.erase(kNoCluster);
    const auto least = std::min_element(choice.metrics.begin(), choice.metrics.end());
    std::string answer = choice.asked ? "neither" : "not asked";
    if (choice.test) answer = *choice.test == 1 ? "single" : "separate";
    table.add({found.live.layers[layer].name, static_cast<int64_t>(found.modules[layer].size()),
               found.live.layers[layer].units, choice.clusters,
               static_cast<int64_t>(modules.size()),
               least == choice.metrics.end() ? Cell() : Cell(*least), answer});
  }
  return table;
}

Table module_table(const Detection& found, const WiringTest& test) {
  Table table{{"module", "level", "units", "layers", "edges_inside", "edges", "cohesion", "gain",
               "p_search", "p_labels", "likeness", "likeness_p_search", "likeness_p_labels"},
              {}};
  const std::vector<int64_t> levels = levels_of(found);
  for (size_t module = 0; module < test.modules.size(); ++module) {
    const ModuleTest& own = test.modules[module];
    std::string layers;
    for (const size_t layer : layers_of(found, static_cast<int64_t>(module))) {
      layers += (layers.empty() ? "" : " ") + found.live.layers[layer].name;
    }
    const bool tested = own.gain_labels.draws > 0;
    const auto p = [&](const NullComparison& of) {
      return tested ? Cell(of.p_above_tied) : Cell();
    };
    table.add({static_cast<int64_t>(module), levels[module], own.own.units, layers, own.own.inside,
               own.own.touched, own.own.share, own.own.gain, p(own.gain_search), p(own.gain_labels),
               own.own.likeness, p(own.likeness_search), p(own.likeness_labels)});
  }
  return table;
}

// "input .. layers.3 (5)" for a longer list.
std::string briefly(const std::string& layers) {
  const auto count = std::count(layers.begin(), layers.end(), ' ') + 1;
  if (count <= 3) return layers;
  return layers.substr(0, layers.find(' ')) + " .. " + layers.substr(layers.rfind(' ') + 1) + " (" +
         std::to_string(count) + ")";
}

// For the screen.
Table shortened(const Table& modules) {
  constexpr size_t kLayers = 3;
  const std::vector<size_t> kept = {0, 1, 2, kLayers, 4, 5, 7, 8, 10};
  Table out;
  for (const size_t column : kept) out.columns.push_back(modules.columns[column]);
  for (const auto& row : modules.rows) {
    if (out.rows.size() == kShown) break;
    out.rows.emplace_back();
    for (const size_t column : kept) {
      out.rows.back().push_back(
          column == kLayers ? Cell(briefly(std::get<std::string>(row[column]))) : row[column]);
    }
  }
  return out;
}

Table link_table(const Detection& found) {
  Table table{{"from", "to", "edges"}, {}};
  for (const auto& [pair, edges] : found.links) table.add({pair.first, pair.second, edges});
  return table;
}

void say_results(RunWriter& writer, const Wired& all, const Detection& found,
                 const WiringTest& test) {
  int64_t units = 0, live = 0;
  for (const UnitGroup& layer : all.layers) units += layer.units;
  for (const UnitGroup& layer : found.live.layers) live += layer.units;
  writer.say(std::to_string(found.module_count) + " modules of " + std::to_string(live) +
             " live units (of " + count_text(units) + "), with " +
             count_text(edge_count(found.live)) + " edges. " +
             (found.links.empty() ? "No module feeds another."
                                  : "How they feed each other: hierarchy.svg and "
                                    "tables/hierarchy.csv."));
  const double inside = inside_share(found.live, live_modules(found));
  writer.say(number_text("%.0f", 100 * inside) + " % of the edges are within modules; modularity " +
             number_text("%.3f", modularity(cohesions_of(test))) + ".");
  if (test.drawn.empty()) return;
  writer.say("In " + std::to_string(test.drawn.size()) +
             " random wirings in which every unit keeps its numbers of edges, " +
             number_text("%.0f", 100 * mean(test.insides)) +
             " % of the edges are within modules, and the modularity is " +
             number_text("%.3f", test.modularity.mean) + " (p " +
             number_text("%.2g", test.modularity.p_above_tied) + ", ties counted against it).");
  writer.say(
      "p_search compares a module with the best of its size that is found in a random wiring; all "
      "modules and numbers are in tables/modules.csv.");
}

}  // namespace

void report_modules(RunWriter& writer, const Wired& all, const Detection& found,
                    const WiringTest& test) {
  write_labels(writer, found);
  writer.headline("modules", static_cast<double>(found.module_count));
  writer.scalar("links", static_cast<double>(found.links.size()));
  writer.scalar("edges", static_cast<double>(edge_count(found.live)));
  int64_t live = 0;
  for (const UnitGroup& layer : found.live.layers) live += layer.units;
  writer.scalar("live_units", static_cast<double>(live));
  writer.headline("inside", inside_share(found.live, live_modules(found)));
  writer.headline("modularity", modularity(cohesions_of(test)));
  if (!test.drawn.empty()) {
    writer.headline("p", test.modularity.p_above_tied);
    writer.scalar("random/modularity", test.modularity.mean);
    writer.scalar("random/inside", mean(test.insides));
    writer.scalar("random/modules", mean(test.counts));
  }
  const Table layers = layer_table(found), modules = module_table(found, test);
  writer.table("layers", layers);
  writer.table("modules", modules);
  writer.table("hierarchy", link_table(found));
  write_file_atomically(writer.folder() / "modules.svg", network_drawing(found));
  write_file_atomically(writer.folder() / "hierarchy.svg", hierarchy_drawing(found));
  writer.show(layers);
  writer.show(shortened(modules));
  say_results(writer, all, found, test);
}

void report_truth(RunWriter& writer, const TruthScore& score) {
  Table table{
      {"layer", "live", "modules", "from_one_input_group", "to_one_output_group", "ari", "nmi"},
      {}};
  for (const LayerTruth& layer : score.hidden) {
    table.add({layer.layer, layer.live, layer.modules, layer.from_one_group, layer.to_one_group,
               layer.ari ? Cell(*layer.ari) : Cell(), layer.nmi ? Cell(*layer.nmi) : Cell()});
  }
  writer.table("truth", table);
  for (const auto& [name, own] :
       {std::pair{"inputs", &score.inputs}, std::pair{"outputs", &score.outputs}}) {
    writer.scalar("truth/" + std::string(name), own->same ? 1 : 0);
    writer.scalar("truth/" + std::string(name) + "_ari", own->ari);
    writer.scalar("truth/" + std::string(name) + "_nmi", own->nmi);
  }
  const auto words = [](const Agreement& own) {
    return own.same ? std::string("as the functions have them")
                    : "otherwise than the functions have them (adjusted Rand index " +
                          number_text("%.2f", own.ari) + ")";
  };
  if (score.inputs.same && score.outputs.same) {
    writer.say("Modules of inputs and outputs are as the functions have them.");
    return;
  }
  writer.say("Modules of the inputs are " + words(score.inputs) + ", of the outputs " +
             words(score.outputs) + ".");
}

void report_success(RunWriter& writer, const Success& success) {
  std::vector<std::string> missed;
  const auto add = [&](const std::string& name, const std::optional<bool>& met,
                       const std::string& words) {
    if (!met) return;
    writer.scalar("success/" + name, *met ? 1 : 0);
    if (!*met) missed.push_back(words);
  };
  writer.headline("success", success.all ? 1 : 0);
  add("inputs", success.inputs, "inputs");
  add("outputs", success.outputs, "outputs");
  add("hidden", success.hidden, "hidden layers");
  add("middle", success.middle, "a middle layer that is one module");
  writer.say(success.all
                 ? "That is all that the study asks of this function graph."
                 : "The study asks more of this function graph: other " + join(missed) + ".");
}

}  // namespace modhost_sculpting
