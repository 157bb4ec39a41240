// Clusters from modules and from masks of tasks.
#include <modhost/error.h>
#include <modhost/files.h>
#include <modhost/random.h>
#include <modhost/state_file.h>
#include <modhost/stored_masks.h>
#include <modhost/unit_clusters.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "test_folder.h"
#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
namespace fs = std::filesystem;

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
  UnitClusters read(const fs::path& path) { return read_labels(path, net, network); }
};

Tensor longs(const std::vector<int64_t>& values) { return torch::tensor(values, torch::kLong); }

NamedTensors of_layers(const std::string& prefix) {
  return {{prefix + "0", longs({0, 1})},
          {prefix + "1", longs({0, 1, -1, 0})},
          {prefix + "2", longs({2, 2, 2})},
          {prefix + "3", longs({1, 0})}};
}
const UnitLabels kLabels = {0, 1, 0, 1, -1, 0, 2, 2, 2, 1, 0};

// Task "one" keeps the path input 0 -> a0 -> b1 -> out 0; "two" input 1 -> a2 -> b1 -> out 1 and
// a3 -> b2, and every bias.
NamedTensors mask(const std::string& task) {
  NamedTensors out = {{"a.weight", torch::zeros({4, 2}, torch::kUInt8)},
                      {"a.bias", torch::zeros({4}, torch::kUInt8)},
                      {"b.weight", torch::zeros({3, 4}, torch::kUInt8)},
                      {"out.weight", torch::zeros({2, 3}, torch::kUInt8)}};
  if (task == "one") {
    out[0].second[0][0] = 1;
    out[2].second[1][0] = 1;
    out[3].second[0][1] = 1;
  } else if (task == "two") {
    out[0].second[2][1] = 1;
    out[1].second.fill_(1);
    out[2].second[1][2] = 1;
    out[2].second[2][3] = 1;
    out[3].second[1][1] = 1;
  } else {
    for (auto& [name, bits] : out) bits.fill_(1);
  }
  return out;
}

const UnitLabels kOfMasks = {0, 1, 0, -1, 1, 1, -1, -1, 1, 0, 1};

NamedTensors as_logits(NamedTensors bits) {
  for (auto& [name, values] : bits) values = values.to(torch::kFloat) * 3.5 - 1;
  return bits;
}

std::string refusal(const fs::path& path) {
  try {
    Small().read(path);
  } catch (const Error& error) {
    CHECK(error.full().find('\n') == std::string::npos);
    return error.full();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("modules are clusters, with and without names", "[cluster_files]") {
  const TestFolder folder;
  Small small;
  NamedTensors tensors = of_layers("modules");
  const auto path = folder.path() / "modules.npz";
  for (const auto& [name, values] : of_layers("clusters")) {
    tensors.emplace_back(name, torch::zeros_like(values));
  }
  save_npz(path, tensors);
  CHECK(small.read(path).labels == kLabels);
  CHECK(small.read(path).names.empty());
  CHECK(small.read(folder.path()).labels == kLabels);
  // A named twin is preferred: of the folder only.
  save_safetensors(folder.path() / "modules.safetensors", {{"modules0", longs({7, 8, 9})}},
                   {{"modules0", "b"}, {"made", "by another program"}});
  const UnitLabels only_b = {-1, -1, -1, -1, -1, -1, 7, 8, 9, -1, -1};
  CHECK(small.read(folder.path()).labels == only_b);
  CHECK(small.read(path).labels == kLabels);
  save_npz(path, of_layers("clusters"));
  CHECK(small.read(path).labels == kLabels);
  // And labels before modules.
  save_npz(folder.path() / "labels.npz", of_layers("labels"));
  CHECK(small.read(folder.path()).labels == kLabels);
  save_npz(path, {{"modules0", longs({1, 2})}, {"modulesX", longs({1, 2})}});
  CHECK_THAT(refusal(path), Catch::Contains("clusters of 1 layers"));
}

TEST_CASE("units that one mask alone needs are its cluster", "[cluster_files]") {
  const TestFolder folder;
  Small small;
  const fs::path masks = folder.path() / "masks";
  fs::create_directories(masks);
  save_npz(masks / "one.npz", mask("one"));
  save_safetensors(masks / "two.safetensors", mask("two"));
  save_safetensors(masks / "two_logits.safetensors", as_logits(mask("two")));
  save_npz(masks / "control.npz", mask("control"));
  for (const fs::path& path : {masks, folder.path()}) {
    const UnitClusters found = small.read(path);
    CHECK(found.labels == kOfMasks);
    CHECK(found.names == std::vector<std::string>{"one", "two"});
  }
  // A file is one mask; the last layer's weights may be left out of it.
  NamedTensors without_last = mask("two");
  without_last.pop_back();
  save_npz(folder.path() / "x.npz", without_last);
  const UnitLabels of_two = {-1, 0, -1, -1, 0, 0, -1, 0, 0, -1, -1};
  CHECK(small.read(folder.path() / "x.npz").labels == of_two);
  // Chosen units only, in their order.
  UnitChoice some;
  some.kinds = UnitKinds::named;
  some.layers = {"a", "b"};
  const UnitNetwork hidden = unit_network(small.net, some);
  CHECK(read_labels(masks, small.net, hidden).labels == UnitLabels{0, -1, 1, 1, -1, -1, 1});
  // Labels come first.
  save_npz(folder.path() / "labels.npz", of_layers("labels"));
  CHECK(small.read(folder.path()).labels == kLabels);
}

TEST_CASE("a channel is attached by any tap, at any position", "[cluster_files]") {
  Net net(of_images({1, 3, 3}, 2));
  net.push<nn::Conv2dLayer>(0, {}, "a", 1, 2, 3, ops::Conv2dGeometry{1, 1, 1, 1});
  net.push<nn::FlattenLayer>(0, {}, "flatten");
  net.push<nn::LinearLayer>(-1, {}, "b", 18, 2);
  UnitChoice choice;
  choice.kinds = UnitKinds::all;
  const UnitNetwork network = unit_network(net, choice);
  Tensor conv = torch::zeros({2, 1, 3, 3}, torch::kBool),
         dense = torch::zeros({2, 18}, torch::kBool);
  conv[0][0][2][1] = true;
  dense[1][13] = true;  // the second channel's fifth position
  CHECK(attached_units(network, {{"a.weight", conv}}) ==
        std::vector<bool>{true, true, false, false, false});
  CHECK(attached_units(network, {{"b.weight", dense}}) ==
        std::vector<bool>{false, false, true, false, true});
}

TEST_CASE("masks that give no clusters are refused with the reason", "[cluster_files]") {
  const TestFolder folder;
  const fs::path masks = folder.path() / "masks";
  fs::create_directories(masks);
  CHECK_THAT(refusal(masks), Catch::Contains("holds no masks"));
  save_npz(masks / "one.npz", mask("one"));
  save_npz(masks / "same.npz", mask("one"));
  CHECK_THAT(refusal(masks), Catch::Contains("no unit is attached to the weights of just one") &&
                                 Catch::Contains("(one, same)"));
  const fs::path file = folder.path() / "x.npz";
  save_npz(file, {{"b.weight", torch::zeros({3, 3}, torch::kUInt8)}});
  CHECK_THAT(refusal(file), Catch::Contains("of shape [3, 3], the model's is [3, 4]"));
  save_npz(file, {{"b.weigth", torch::zeros({3, 3}, torch::kUInt8)}});
  CHECK_THAT(refusal(file), Catch::Contains("neither clusters") && Catch::Contains("'b.weigth'"));
  save_npz(file, {});
  CHECK_THAT(refusal(file), Catch::Contains("neither clusters"));
  std::ofstream(folder.path() / "notes.txt") << "no mask";
  CHECK_THAT(refusal(folder.path() / "notes.txt"), Catch::Contains("notes.txt"));
  // The folder of a run without masks: its network is no mask.
  fs::remove_all(masks);
  std::ofstream(folder.path() / "config.toml") << "";
  save_npz(folder.path() / "network.npz", mask("one"));
  CHECK_THAT(refusal(folder.path()), Catch::Contains("has no folder"));
}

TEST_CASE("damaged files of clusters are refused in one line", "[cluster_files]") {
  const TestFolder folder;
  const bool modules = GENERATE(true, false);
  const std::string extension = GENERATE(".npz", ".safetensors");
  const fs::path path = folder.path() / ("x" + extension);
  const NamedTensors tensors = modules ? of_layers("modules") : mask("one");
  extension == ".npz" ? save_npz(path, tensors)
                      : save_safetensors(path, tensors, {{"modules0", "input"}});
  const std::string good = read_file(path);
  RandomStream random(modules ? 5 : 6);
  for (int i = 0; i < 150; ++i) {
    std::string bytes = good;
    if (i % 3 == 0) bytes.resize(random.below(bytes.size()));
    for (uint64_t flips = i % 3 == 0 ? 0 : 1 + random.below(4); flips > 0; --flips) {
      bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
    }
    write_file_atomically(path, bytes);
    refusal(path);  // or other clusters: no crash, no other exception
  }
}
