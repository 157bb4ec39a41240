#include "cluster_cases.h"

#include <ATen/ops/rand.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "modhost/random.h"

namespace modhost::testing {
namespace {

Tensor array(const NpyArray& from) {
  const std::vector<float> values = from.values<float>();
  return torch::tensor(values, torch::kDouble).view(from.shape);
}

Tensor weights_of(const NpzArrays& arrays, const std::string& number,
                  const nlohmann::json& described) {
  Tensor out = array(arrays.at("W" + number)).abs();
  if (out.dim() == 2) return out;
  if (arrays.count("bn_w" + number) != 0) {
    const Tensor scale =
        array(arrays.at("bn_w" + number)).abs() /
        (array(arrays.at("bn_v" + number)) + described["bn_eps"].get<double>()).sqrt();
    out = out * scale.view({-1, 1, 1, 1});
  }
  return described["norm"] == "ind1" ? out.sum(2).amax(2) : out.sum({2, 3});
}

ClusterCase read_case(const std::string& name, const nlohmann::json& described) {
  ClusterCase out;
  out.name = name;
  out.clusters = static_cast<int64_t>(described["eig"].size()) - 1;
  out.least_ncut = described["ncut_min"];
  out.arrays = read_npz(std::string(MODHOST_TEST_DATA) + "/clusterability/" + name + ".npz");
  std::vector<Tensor> weights;
  for (int i = 0; out.arrays.count("W" + std::to_string(i)) != 0; ++i) {
    weights.push_back(weights_of(out.arrays, std::to_string(i), described));
  }
  out.graph = layered_graph(weights);
  return out;
}

}  // namespace

std::vector<double> ClusterCase::numbers(const std::string& key) const {
  return arrays.at(key).values<double>();
}

std::vector<ClusterCase> cluster_cases() {
  std::ifstream file(std::string(MODHOST_TEST_DATA) + "/clusterability/index.json");
  std::vector<ClusterCase> out;
  const nlohmann::json index = nlohmann::json::parse(file);
  for (const auto& [name, described] : index.items()) out.push_back(read_case(name, described));
  return out;
}

UnitGraph layered_graph(const std::vector<Tensor>& weights) {
  UnitGraph out;
  out.groups.push_back({"0", weights.front().size(1)});
  for (size_t i = 0; i < weights.size(); ++i) {
    out.groups.push_back({std::to_string(i + 1), weights[i].size(0)});
    out.blocks.push_back({static_cast<int64_t>(i), static_cast<int64_t>(i) + 1,
                          weights[i].to(torch::kDouble).abs().contiguous()});
  }
  return out;
}

UnitGraph random_layers(const std::vector<int64_t>& widths, double density, uint64_t seed) {
  RandomStream random(seed);
  std::vector<Tensor> weights;
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    weights.push_back(torch::zeros({widths[i + 1], widths[i]}, torch::kDouble));
    auto* at = weights.back().data_ptr<double>();
    for (int64_t j = 0; j < weights.back().numel(); ++j) {
      const double weight = random.uniform();
      if (random.uniform() < density) at[j] = weight;
    }
  }
  return layered_graph(weights);
}

UnitGraph single_group(const Tensor& adjacency) {
  UnitGraph out;
  out.groups.push_back({"all", adjacency.size(0)});
  out.blocks.push_back({0, 0, adjacency.to(torch::kDouble).tril(-1).contiguous()});
  return out;
}

Tensor adjacency_of(const UnitGraph& graph) {
  const std::vector<int64_t> first = graph.offsets();
  Tensor out = torch::zeros({graph.units(), graph.units()}, torch::kDouble);
  for (const UnitBlock& block : graph.blocks) {
    out.slice(0, first[block.to], first[block.to + 1])
        .slice(1, first[block.from], first[block.from + 1]) += block.weights;
  }
  out = out + out.t();
  out.fill_diagonal_(0);
  return out;
}

double slow_ncut(const UnitGraph& graph, const UnitLabels& labels) {
  const Tensor adjacency = adjacency_of(graph);
  const auto weight = adjacency.accessor<double, 2>();
  std::map<int64_t, double> cut, volume;
  const auto units = static_cast<int64_t>(labels.size());
  for (int64_t i = 0; i < units; ++i) {
    for (int64_t j = 0; j < units; ++j) {
      if (labels[i] < 0 || labels[j] < 0) continue;
      volume[labels[i]] += weight[i][j];
      if (labels[i] != labels[j]) cut[labels[i]] += weight[i][j];
    }
  }
  double out = 0;
  for (const auto& [label, sum] : volume) out += sum > 0 ? cut[label] / sum : 0;
  return out;
}

}  // namespace modhost::testing
