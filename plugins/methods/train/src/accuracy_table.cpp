#include "accuracy_table.h"

namespace modhost_train {

using namespace modhost;  // NOLINT: everything below is in terms of the SDK

std::vector<Tested> test_network(ModelBase& network, const DatasetBase& data,
                                 const EvaluateOptions& how) {
  std::vector<Tested> out{{{}, evaluate(network, *data.all(Split::test), how)}};
  for (const Task& task : data.tasks()) {
    const auto source = data.task(task.name, Split::test);
    if (source->size() > 0) out.push_back({task.name, evaluate(network, *source, how)});
  }
  return out;
}

Table accuracy_table(const std::vector<Tested>& tested, bool has_accuracy) {
  Table table{{"data", "samples", "loss", "accuracy"}, {}};
  for (const auto& [task, found] : tested) {
    const bool any = found.samples > 0;
    table.add({task.value_or("all"), found.samples, any ? Cell(found.loss) : Cell(),
               any && has_accuracy ? Cell(found.accuracy) : Cell()});
  }
  return table;
}

void write_scalars(RunWriter& writer, const std::vector<Tested>& tested, bool has_accuracy) {
  for (const auto& [task, found] : tested) {
    if (!task) continue;
    const std::string path = "test/" + *task + "/";
    writer.scalar(path + "loss", found.loss);
    if (has_accuracy) writer.scalar(path + "accuracy", found.accuracy);
  }
}

}  // namespace modhost_train
