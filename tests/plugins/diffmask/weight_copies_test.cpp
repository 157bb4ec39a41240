// Weights copied within a parameter, against the copies made by hand.
#include "weight_copies.h"

#include <modhost/error.h>
#include <modhost/nn.h>

#include <catch2/catch.hpp>

using namespace modhost;
using namespace modhost_diffmask;

namespace {

class Net : public ModelBase {
 public:
  explicit Net(const Build& build) : ModelBase(build), out_(add<nn::Linear>("out", 6, 4)) {
    const torch::NoGradGuard no_grad;
    parameters()[0].tensor().copy_(torch::arange(24).view({4, 6}));
    parameters()[1].tensor().copy_(torch::arange(4));
  }
  Tensor forward(const Batch& batch) override { return out_(batch.input); }

 private:
  nn::Linear out_;
};

Net net() {
  Build build;
  build.signature.input_shape = {6};
  build.signature.output_shape = {4};
  return Net(build);
}

void copy(const std::vector<std::string>& rules, ModelBase& model) {
  copy_weights(weight_copies(rules, model), model);
}

}  // namespace

TEST_CASE("inputs and outputs of one half become those of the other", "[copies]") {
  Net model = net();
  // As the study's code: w[:, :3] = w[:, 3:], then w[:2] = w[2:] and b[:2] = b[2:].
  copy({"out.weight columns 3:6 -> 0:3", " out.weight  rows 2:4->0:2", "out.bias rows 2:4 -> 0:2"},
       model);
  const Tensor half = torch::tensor({15, 16, 17, 15, 16, 17, 21, 22, 23, 21, 22, 23});
  CHECK(torch::equal(model.parameters()[0].tensor(),
                     half.repeat({2}).view({4, 6}).to(torch::kFloat)));
  CHECK(torch::equal(model.parameters()[1].tensor(), torch::tensor({2.F, 3.F, 2.F, 3.F})));
}

TEST_CASE("ranges may overlap, and all other weights stay", "[copies]") {
  Net model = net();
  copy({"out.weight columns 0:5 -> 1:6"}, model);
  const Tensor row = torch::tensor({6.F, 6.F, 7.F, 8.F, 9.F, 10.F});
  CHECK(torch::equal(model.parameters()[0].tensor()[1], row));
  CHECK(torch::equal(model.parameters()[1].tensor(), torch::arange(4).to(torch::kFloat)));
}

TEST_CASE("a copy that cannot be is refused in one line", "[copies]") {
  const Net model = net();
  const auto refused = [&](const std::string& rule, const std::string& words) {
    CAPTURE(rule);
    CHECK_THROWS_WITH(weight_copies({rule}, model), Catch::Contains(words));
  };
  refused("out.weight 0:3 -> 3:6", "no such rule");
  refused("out.weight columns 0:3 -> 3:6 ;", "no such rule");
  refused("out.weight columns 0:99999999999999999999 -> 3:6", "no such rule");
  refused("", "no such rule");
  refused("out.wieght columns 0:3 -> 3:6", "the model has no parameter 'out.wieght'");
  refused("out.weight columns 0:3 -> 3:7", "the ranges are 3 and 4 columns long");
  refused("out.weight columns 3:3 -> 3:3", "the first range is empty");
  refused("out.weight columns 3:0 -> 3:0", "the first range is empty");
  refused("out.weight columns 0:3 -> 4:7", "of shape [4, 6], it has 6 columns");
  refused("out.weight rows 2:5 -> 0:3", "it has 4 rows");
  refused("out.bias columns 0:2 -> 2:4", "it has 0 columns");
}
