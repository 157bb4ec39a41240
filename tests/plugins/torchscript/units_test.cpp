// The units of loaded networks: what joints found from gradients make of them.
#include <modhost/unit_network.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "../model_cases/model_cases.h"
#include "saved_networks.h"

using namespace modhost;
using namespace modhost::test;

TEST_CASE("the units of a loaded network are those of its forward", "[torchscript][units]") {
  const std::string name =
      GENERATE("mlp", "resnet", "resnet_traced", "lstm", "transformer", "vision");
  CAPTURE(name);
  const auto network = saved_network(name);
  // Of several recurrent layers in one call, only what the last puts out is seen.
  check_units(*network, name != "lstm");
}

TEST_CASE("a loaded network whose layers are of no known kind has no units",
          "[torchscript][units]") {
  const auto network = saved_network("tied");
  CHECK_THROWS_WITH(unit_network(*network, {}), Catch::Contains("no weights between units"));
}

TEST_CASE("convolutions of a loaded residual network share the channels of a sum",
          "[torchscript][units]") {
  const auto network = saved_network("resnet");
  const UnitNetwork units = unit_network(*network, {});
  const auto shared = std::count_if(units.writers.begin(), units.writers.end(),
                                    [](const auto& writers) { return writers.size() > 1; });
  CHECK(shared > 0);
  for (const UnitKernel& kernel : units.kernels) CHECK(kernel.weights.size(2) >= 1);
}
