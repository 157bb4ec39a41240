// Units that a mask leaves anything to, against masks written by hand.
#include "unit_counts.h"

#include <torch/utils.h>

#include <catch2/catch.hpp>

using namespace modhost_diffmask;
using namespace modhost;

namespace {

class Net : public ModelBase {
 public:
  Net() : ModelBase(Build{}) {
    add<nn::Linear>("first", 2, 3);
    add<nn::LstmCell>("cell", 3, 2);
  }
  Tensor forward(const Batch& batch) override { return batch.input; }
};

}  // namespace

TEST_CASE("a unit is kept when one of the weights that feed it is", "[units]") {
  const Net net;
  NamedTensors bits;
  for (const Parameter& parameter : net.parameters()) {
    bits.emplace_back(parameter.name(), torch::zeros(parameter.tensor().sizes(), torch::kUInt8));
  }
  const auto set = [&](const std::string& name, int64_t row, int64_t column) {
    (*find(bits, name))[row][column] = 1;
  };
  find(bits, "first.bias")->fill_(1);  // a bias alone is no unit
  set("first.weight", 2, 0);
  set("first.weight", 2, 1);
  set("cell.weight_ih", 3, 1);  // a gate of unit 1, of rows 0 .. 7 for two units
  set("cell.weight_hh", 6, 0);  // one of unit 0
  const auto counts = unit_counts(net, bits);
  REQUIRE(counts.size() == 2);
  CHECK(counts[0].layer == "first");
  CHECK(counts[0].group == "out");
  CHECK(counts[0].units == 3);
  CHECK(counts[0].kept == 1);
  CHECK(counts[1].layer == "cell");
  CHECK(counts[1].units == 2);
  CHECK(counts[1].kept == 2);
  set("cell.weight_hh", 6, 0);
  bits.pop_back();
  CHECK(unit_counts(net, {bits[0]}).size() == 1);  // of what the mask covers
}
