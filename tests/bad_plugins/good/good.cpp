// Shows that the tests fail for the faults of the others and not for the way they are built.
#include "modhost/model.h"
#include "modhost/plugin.h"

namespace {

struct GoodOptions : modhost::Options {
  modhost::Option<int64_t> width{*this,
                                 "width",
                                 8,
                                 "units of the hidden layer",
                                 modhost::AtLeast{1},
                                 modhost::Paper{"Good 2021, table 1"}};
};

}  // namespace

MODHOST_PLUGIN(registry) {
  const modhost::Accepts accepts{{modhost::Input::features}, {modhost::Output::classes}};
  registry
      .model<GoodOptions>(
          "good", "a model for tests", accepts,
          [](const modhost::Build&) { return std::unique_ptr<modhost::ModelBase>(); })
      .paper("Good et al. 2021")
      .suggest("train.lr", "2e-3");
}
