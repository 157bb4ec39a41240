// Masks beside clusters, counted by hand.
#include "mask_clusters.h"

#include <modhost/error.h>

#include <catch2/catch.hpp>

#include "unit_labels.h"
#include "unit_nets.h"

using namespace modhost;
using namespace modhost::test;
using namespace modhost_lesion;

namespace {

// Groups: input 2, a 2, out 2. Weights a [[1, 2], [3, 4]], out [[5, 6], [7, 8]].
struct Small {
  Net net{of_features(2, 2)};
  UnitNetwork network;

  Small() {
    net.push<nn::LinearLayer>(-1, {}, "a", 2, 2);
    net.push<nn::LinearLayer>(-1, {}, "out", 2, 2);
    const torch::NoGradGuard no_grad;
    find(net.state(), "a.weight")->copy_(torch::tensor({{1., -2.}, {3., 4.}}));
    find(net.state(), "out.weight")->copy_(torch::tensor({{5., 6.}, {-7., 8.}}));
    network = unit_network(net, {UnitKinds::all, {}, {}, {}, true});
  }
};

StoredMask mask(const std::string& name, const std::vector<int>& a, const std::vector<int>& out) {
  const auto logits = [](const std::vector<int>& bits) {
    return torch::tensor(bits).view({2, 2}).to(torch::kFloat) * 2 - 1;
  };
  return {name, {{"a.weight", logits(a)}, {"out.weight", logits(out)}}};
}

const UnitLabels kLabels = {0, 1, 0, 1, 0, 1};

}  // namespace

TEST_CASE("masks and clusters overlap as counted by hand", "[mask_clusters]") {
  const Small small;
  // one: input 0 -> a0 -> out 0; two: input 1 -> a0, a1; a1 -> out 1.
  const std::vector<StoredMask> masks = {mask("one", {1, 0, 0, 0}, {1, 0, 0, 0}),
                                         mask("two", {0, 1, 0, 1}, {0, 0, 0, 1})};
  const MaskClusters found = mask_clusters(small.net, small.network, kLabels, masks, 200, 5);
  CHECK_FALSE(found.has_all);
  REQUIRE(found.masks.size() == 2);
  CHECK(found.masks[0].units == 3);
  CHECK(found.masks[0].own_units == 2);  // a0 is of both
  CHECK(found.masks[1].units == 4);
  CHECK(found.masks[1].own_units == 3);
  REQUIRE(found.pairs.size() == 4);
  const auto check = [](const Overlap& own, double mask, double cluster, double both) {
    CHECK(own.mask == mask);
    CHECK(own.cluster == cluster);
    CHECK(own.both == both);
    CHECK(own.iou() == Approx(both / (mask + cluster - both)));
  };
  // Cluster 0: input 0, a0, out 0, and the weights 1 and 5; cluster 1 the weights 4 and 8.
  check(found.pairs[0].units.own, 2, 3, 2);
  check(found.pairs[0].weights.own, 2, 2, 2);
  CHECK(found.pairs[0].of_magnitude == 1);
  check(found.pairs[1].units.own, 2, 3, 0);
  check(found.pairs[1].weights.own, 2, 2, 0);
  CHECK(found.pairs[1].of_magnitude == 0);
  check(found.pairs[3].units.own, 3, 3, 3);
  check(found.pairs[3].weights.own, 3, 2, 2);
  CHECK(found.masks[0].best == 0);
  CHECK(found.masks[1].best == 3);

  // Chance: with probability 1/2 each of three layers is swapped. Cluster 0 then has both weights
  // of mask one (unswapped, 1/8), or one (two layers right: input and a, or a and out: 2/8), or
  // none. IoU 1, 1/3, 0: mean 1/8 + 2/24.
  CHECK(found.pairs[0].weights.iou.mean == Approx(5. / 24).margin(0.09));
  CHECK(found.pairs[0].weights.iou.p_above_tied == Approx(1. / 8).margin(0.08));
  // Mask two's best of both clusters; all unswapped or all swapped: 1/4 of the draws.
  CHECK(found.masks[0].best_iou.p_above_tied == Approx(1. / 4).margin(0.1));
}

TEST_CASE("the mask of all tasks bounds the weights", "[mask_clusters]") {
  const Small small;
  const std::vector<StoredMask> masks = {mask("control", {1, 1, 0, 0}, {1, 1, 0, 0}),
                                         mask("one", {1, 0, 1, 0}, {1, 0, 0, 1})};
  const MaskClusters found = mask_clusters(small.net, small.network, kLabels, masks, 3, 5);
  CHECK(found.has_all);
  REQUIRE(found.masks.size() == 1);
  CHECK(found.masks[0].weights == 4);
  CHECK(found.masks[0].in_all == 0.5);
  CHECK(found.masks[0].of_all == 0.5);
  REQUIRE(found.pairs.size() == 2);
  // Of the weights 1, 2, 5, 6: the mask has 1 and 5, cluster 0 as well, cluster 1 none.
  CHECK(found.pairs[0].weights.own.mask == 2);
  CHECK(found.pairs[0].weights.own.both == 2);
  CHECK(found.pairs[1].weights.own.cluster == 0);
  CHECK(found.pairs[1].weights.own.iou() == 0);
  CHECK(found.pairs[1].of_magnitude == 0);
}

TEST_CASE("magnitudes count where weights do not", "[mask_clusters]") {
  const Small small;
  const std::vector<StoredMask> masks = {mask("one", {0, 0, 0, 0}, {1, 0, 0, 0})};
  const MaskClusters found = mask_clusters(small.net, small.network, kLabels, masks, 0, 5);
  CHECK(found.pairs[0].weights.own.of_cluster() == 0.5);
  CHECK(found.pairs[0].of_magnitude == Approx(5. / 6));
  // Units without a cluster, and weights from and to them, are left out.
  const UnitLabels some = {0, 1, 0, 1, -1, -1};
  const MaskClusters fewer = mask_clusters(small.net, small.network, some, masks, 0, 5);
  CHECK(fewer.pairs[0].weights.own.mask == 0);
  CHECK(fewer.pairs[0].units.own.mask == 1);  // a0
}

TEST_CASE("only the mask of all data is not enough", "[mask_clusters]") {
  const Small small;
  CHECK_THROWS_AS(mask_clusters(small.net, small.network, kLabels,
                                {mask("control", {1, 1, 1, 1}, {1, 1, 1, 1})}, 1, 1),
                  Error);
}
