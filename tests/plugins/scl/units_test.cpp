// The units of both networks: layers that are shared by panels and attributes have theirs once.
#include <modhost/unit_network.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"
#include "compositional_scl.h"
#include "official_scl.h"

using namespace modhost;
using namespace modhost_scl;

namespace {

template <typename M>
std::unique_ptr<M> small_network() {
  auto options = std::make_shared<SclOptions>();
  options->features.set(20);
  options->attribute_heads.set(5);
  options->relation_heads.set(20);
  return std::make_unique<M>(
      Build{{Input::panels, {16, 48, 48}, Output::choice, {8}, 0, {}}, options, {}});
}

}  // namespace

TEST_CASE("the units of scl are those of its forward", "[scl][units]") {
  test::check_units(*small_network<CompositionalScl>());
  test::check_units(*small_network<OfficialScl>());
}

TEST_CASE("of scl, its convolutions are cut", "[scl][units]") {
  const auto network = small_network<CompositionalScl>();
  const UnitNetwork units = unit_network(*network, {});
  for (const UnitGroup& group : units.groups) CHECK(group.name.rfind("vision.net.", 0) == 0);
  CHECK(units.kernels.size() + 1 == network->options().conv_channels().size());
}
