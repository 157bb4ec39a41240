// A network is trained and tested, and nothing else: what other methods' results are compared with.
#include <modhost/experiment.h>
#include <modhost/loss.h>
#include <modhost/method.h>
#include <modhost/plugin.h>

#include <cstdio>

#include "accuracy_table.h"

namespace modhost_train {
namespace {

using namespace modhost;

struct TrainMethodOptions : Options {
  Option<int64_t> evaluate_samples{*this, "evaluate_samples", 0,
                                   "test samples of each task, 0 for all", AtLeast{0}};
};

// As a person reads it.
Table shown(const Table& table) {
  Table out{table.columns, {}};
  for (std::vector<Cell> row : table.rows) {
    for (Cell& cell : row) {
      const auto* number = std::get_if<double>(&cell);
      if (number == nullptr) continue;
      char text[32];
      std::snprintf(text, sizeof text, "%.3f", *number);
      cell = std::string(text);
    }
    out.add(std::move(row));
  }
  return out;
}

class TrainMethod : public Method<TrainMethodOptions> {
 public:
  using Method::Method;

  void run(Experiment& experiment) override {
    ModelBase& network = experiment.network();
    EvaluateOptions how;
    how.limit = options().evaluate_samples();
    how.device = experiment.device();
    how.stop = &experiment.stop();
    const bool accuracy = has_accuracy(experiment.data().signature());
    const auto tested = test_network(network, experiment.data(), how);
    const Table table = accuracy_table(tested, accuracy);
    experiment.writer().table("accuracy", table);
    write_scalars(experiment.writer(), tested, accuracy);
    experiment.writer().show(shown(table));
  }
};

}  // namespace
}  // namespace modhost_train

MODHOST_PLUGIN(registry) {
  registry.method<modhost_train::TrainMethod>(
      "train", "the network alone: trained, and tested on the data of each task");
}
