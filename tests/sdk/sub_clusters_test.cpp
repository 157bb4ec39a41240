// From clusters of units, also from files, to what is lesioned.
#include <modhost/error.h>
#include <modhost/state_file.h>
#include <modhost/sub_clusters.h>
#include <modhost/unit_clusters.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "test_folder.h"
#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;

namespace {

// Units: input 2, a 4, b 3, out 2.
struct Small {
  Net net{of_features(2, 2)};
  UnitNetwork network;

  Small() {
    net.push<nn::LinearLayer>(-1, {}, "a", 2, 4);
    net.push<nn::LinearLayer>(-1, {}, "b", 4, 3);
    net.push<nn::LinearLayer>(-1, {}, "out", 3, 2);
    network = unit_network(net, {UnitKinds::all, {}, {}, {}, true});
  }
  UnitLabels labels(const std::filesystem::path& path) {
    return read_labels(path, net, network).labels;
  }
};

Tensor longs(const std::vector<int64_t>& values) { return torch::tensor(values, torch::kLong); }

const NamedTensors kTensors = {{"labels0", longs({0, 1})},
                               {"labels1", longs({0, 1, -1, 0})},
                               {"labels2", longs({2, 2, 2})},
                               {"labels3", longs({1, 0})}};
const UnitLabels kLabels = {0, 1, 0, 1, -1, 0, 2, 2, 2, 1, 0};

std::string refusal(const std::filesystem::path& path) {
  try {
    Small().labels(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("sub-clusters are the live units of hidden layers", "[sub_clusters]") {
  const Small small;
  const UnitNetwork& network = small.network;
  const auto layers = sub_clusters(network, network.groups, kLabels);
  REQUIRE(layers.size() == 2);
  CHECK(layers[0].name == "a");
  CHECK(layers[0].live == UnitSet{0, 1, 3});
  REQUIRE(layers[0].sub_clusters.size() == 2);
  CHECK(layers[0].sub_clusters[0].units == UnitSet{0, 3});
  CHECK(layers[0].sub_clusters[1].units == UnitSet{1});
  REQUIRE(layers[1].sub_clusters.size() == 1);
  CHECK(layers[1].sub_clusters[0].label == 2);
  CHECK(layers[1].group == 2);
  // Without live units a layer is not there.
  CHECK(sub_clusters(network, network.groups, UnitLabels(11, kNoCluster)).empty());
}

TEST_CASE("random units are distinct live ones, each equally often", "[sub_clusters]") {
  const UnitSet live{1, 4, 5, 9};
  std::map<int64_t, int> counts;
  constexpr int kDraws = 4000;
  for (uint64_t seed = 0; seed < kDraws; ++seed) {
    const UnitSet drawn = random_units(live, 2, seed);
    REQUIRE(std::set<int64_t>(drawn.begin(), drawn.end()).size() == 2);
    for (const int64_t unit : drawn) ++counts[unit];
  }
  REQUIRE(counts.size() == 4);
  // Expected 2000, deviation sqrt(4000 / 4) = 32.
  for (const int64_t unit : live) CHECK(std::abs(counts[unit] - 2000) < 150);
  CHECK(random_units(live, 4, 1) == live);
}

TEST_CASE("labels are read as spectral writes them", "[labels]") {
  const TestFolder folder;
  Small small;
  const auto named = folder.path() / "labels.safetensors", plain = folder.path() / "labels.npz";
  save_npz(plain, kTensors);
  save_safetensors(named, kTensors,
                   {{"labels0", "input"}, {"labels1", "a"}, {"labels2", "b"}, {"labels3", "out"}});
  CHECK(small.labels(plain) == kLabels);
  CHECK(small.labels(named) == kLabels);
  CHECK(small.labels(folder.path()) == kLabels);
  save_safetensors(named, kTensors, {{"format", "pt"}});
  CHECK(small.labels(named) == kLabels);
  // Names place the labels; a layer that the file lacks has none.
  save_safetensors(named, {{"labels0", longs({7, 8, 9})}}, {{"labels0", "b"}});
  CHECK(small.labels(named) == UnitLabels{-1, -1, -1, -1, -1, -1, 7, 8, 9, -1, -1});
}

TEST_CASE("labels that do not fit are refused with the reason", "[labels]") {
  const TestFolder folder;
  const auto path = folder.path() / "labels.npz", named = folder.path() / "labels.safetensors";
  CHECK_THAT(refusal(folder.path() / "none.npz"), Catch::Contains("there is no file"));
  save_npz(path, {{"labels0", longs({0, 1})}});
  CHECK_THAT(refusal(path), Catch::Contains("clusters of 1 layers"));
  const auto with = [&](const Tensor& first) {
    NamedTensors tensors = kTensors;
    tensors[0].second = first;
    save_npz(path, tensors);
    return refusal(path);
  };
  CHECK_THAT(with(longs({0, 1, 2})), Catch::Contains("3 units, and layer 'input' has 2"));
  CHECK_THAT(with(longs({0, -2})), Catch::Contains("holds -2"));
  CHECK_THAT(with(torch::zeros({2})), Catch::Contains("one integer for each unit"));
  CHECK_THAT(with(torch::zeros({2, 1}, torch::kLong)), Catch::Contains("one integer"));
  save_safetensors(named, kTensors, {{"labels0", "inputs"}});
  CHECK_THAT(refusal(named), Catch::Contains("of layer 'inputs'; the network has"));
  std::ofstream(path) << "no archive";
  CHECK_THAT(refusal(path), !Catch::Contains("accepted"));
}
